#include "catch_session.hpp"

int main(int argc, char* argv[]) {
    return sae::test::run_tests(argc, argv);
}
