/*
 * ctl_act: the commands that make the gateway do something.
 *
 * Each returns how the program ends, and has said why when that is not CTL_OK.
 */
#ifndef SIOGATE_CTL_ACT_H
#define SIOGATE_CTL_ACT_H

#include "ctl.h"

/* EVENT [ARG...] */
enum ctl_exit ctl_act_emit(struct ctl *c, int argc, char **argv);

/* SID-or-room... */
enum ctl_exit ctl_act_disconnect(struct ctl *c, int argc, char **argv);

#endif
