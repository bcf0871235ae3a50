# cmake -DTEMPLATES=DIR -DOUTPUT=FILE.cpp -P embed.cmake: the files in DIR as string constants that their names
# find.
file(GLOB templates ${TEMPLATES}/*)
foreach(template ${templates})
  get_filename_component(name ${template} NAME)
  file(READ ${template} text)
  string(APPEND entries "    {\"${name}\", R\"template(${text})template\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"template.hpp\"

const std::map<std::string, std::string_view, std::less<>> sae::templates{
${entries}};
")
