/*
 * ctl_push: action lines from a file or standard input, as they come.
 */
#ifndef SIOGATE_CTL_PUSH_H
#define SIOGATE_CTL_PUSH_H

#include "ctl.h"

/* [FILE]; "-" or nothing is standard input. Returns how the program ends, and
 * has said why when that is not CTL_OK. */
enum ctl_exit ctl_push(struct ctl *c, int argc, char **argv);

#endif
