/* Valgrind's client requests are macros. Without its header nothing is marked, and that is said. */
#include <stddef.h>

#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define HAS_VALGRIND_HEADER
#endif
#endif

/* 1 where valgrind runs us, 0 where it does not, -1 where this was built without its header. */
int wicketgate_watched(void) {
#ifdef HAS_VALGRIND_HEADER
    return RUNNING_ON_VALGRIND > 0;
#else
    return -1;
#endif
}

void wicketgate_undefine(const void *start, size_t length) {
#ifdef HAS_VALGRIND_HEADER
    (void)VALGRIND_MAKE_MEM_UNDEFINED(start, length);
#else
    (void)start;
    (void)length;
#endif
}

void wicketgate_define(const void *start, size_t length) {
#ifdef HAS_VALGRIND_HEADER
    (void)VALGRIND_MAKE_MEM_DEFINED(start, length);
#else
    (void)start;
    (void)length;
#endif
}
