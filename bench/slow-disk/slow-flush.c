/*
 * Makes every flush take longer, for `bench slow-disk`: preloaded into one server, it waits SLOW_FLUSH_MICROS before each
 * fsync(2) and fdatasync(2) and then does what was asked. The wait blocks the calling thread, as a slow disk does.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_for_disk(void) {
  const char *text = getenv("SLOW_FLUSH_MICROS");
  long micros = text ? atol(text) : 0;
  struct timespec left = {micros / 1000000, (micros % 1000000) * 1000};
  while (micros > 0 && nanosleep(&left, &left) != 0) {
  }
}

int fsync(int descriptor) {
  static int (*next)(int);
  if (!next) next = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_for_disk();
  return next(descriptor);
}

int fdatasync(int descriptor) {
  static int (*next)(int);
  if (!next) next = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_for_disk();
  return next(descriptor);
}
