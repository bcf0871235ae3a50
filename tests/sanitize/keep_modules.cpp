/// Preloaded under the sanitizers: the modules that Open MPI opens stay open, so that the report of a leak at
/// the end of a process can name them, and suppressions.txt what it means.
extern "C" int dlclose(void* /*handle*/) noexcept;

int dlclose(void* /*handle*/) noexcept {
    return 0;
}
