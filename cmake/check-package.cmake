# cpack includes this before it makes a package.
if(CPACK_SAE_NATIVE)
  message(FATAL_ERROR "this build is for the processor of this machine only (SAE_NATIVE=ON); "
                      "configure with -DSAE_NATIVE=OFF, or run scripts/package")
endif()
