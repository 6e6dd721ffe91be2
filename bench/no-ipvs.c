// Loaded in front of the C library, this lets a program that speaks to IPVS through socket options believe that there is
// one, with an empty table that takes everything: keepalived checks nothing where there is no IPVS.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/socket.h>

// linux/ip_vs.h
enum { first_option = 64 + 1024 + 64, last_option = first_option + 63, get_info = first_option + 1 };

static int is_ipvs(int level, int name) { return level == 0 && name >= first_option && name <= last_option; }

int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
  static int (*next)(int, int, int, const void *, socklen_t);
  if (is_ipvs(level, name)) return 0;
  if (!next) next = dlsym(RTLD_NEXT, "setsockopt");
  return next(fd, level, name, value, length);
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *length) {
  static int (*next)(int, int, int, void *, socklen_t *);
  if (!is_ipvs(level, name)) {
    if (!next) next = dlsym(RTLD_NEXT, "getsockopt");
    return next(fd, level, name, value, length);
  }
  memset(value, 0, *length);
  // Version 1.2.1, the usual size of the table of connections, no services.
  const unsigned info[3] = {0x010201, 4096, 0};
  if (name == get_info && *length >= sizeof info) memcpy(value, info, sizeof info);
  return 0;
}
