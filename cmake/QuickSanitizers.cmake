# A build with the sanitizers is for its tests alone: layers that do not compute are compiled without optimisation, and
# the headers that most of their files include are read once, unless through a launcher such as ccache. In the other
# builds a file that forgets an include is refused.
foreach(layer data mpi)
  target_compile_options(sae_${layer} PRIVATE -O0)
endforeach()
if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  target_precompile_headers(sae_data PRIVATE
    <algorithm> <array> <chrono> <cmath> <filesystem> <fstream> <functional> <iostream> <map> <memory> <optional> <span>
    <sstream> <string> <utility> <vector> <nlohmann/json.hpp>)
  foreach(layer mpi report cli app)
    target_precompile_headers(sae_${layer} REUSE_FROM sae_data)
  endforeach()
endif()
