// Compiles the header that the tests share; nothing else.
#include "catch.hpp"
