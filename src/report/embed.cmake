# cmake -DOUTPUT=FILE.cpp -P embed.cmake TEMPLATE...: the templates as string constants that their names find.
set(entries "")
set(first 0)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE 0 ${last})
  if(CMAKE_ARGV${i} MATCHES "embed.cmake$")
    math(EXPR first "${i} + 1")
  endif()
endforeach()
foreach(i RANGE ${first} ${last})
  get_filename_component(name "${CMAKE_ARGV${i}}" NAME)
  file(READ "${CMAKE_ARGV${i}}" text)
  string(APPEND entries "    {\"${name}\", R\"template(${text})template\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"template.hpp\"

namespace sae {

const std::map<std::string, std::string_view, std::less<>> templates{
${entries}};

}  // namespace sae
")
