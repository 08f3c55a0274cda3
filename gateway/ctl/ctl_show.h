/*
 * ctl_show: the commands that ask and print.
 *
 * Each returns how the program ends, and has said why when that is not CTL_OK.
 */
#ifndef SIOGATE_CTL_SHOW_H
#define SIOGATE_CTL_SHOW_H

#include "ctl.h"

enum ctl_exit ctl_show_status(struct ctl *c, int argc, char **argv);
enum ctl_exit ctl_show_namespaces(struct ctl *c, int argc, char **argv);
enum ctl_exit ctl_show_sockets(struct ctl *c, int argc, char **argv);
enum ctl_exit ctl_show_rooms(struct ctl *c, int argc, char **argv);
enum ctl_exit ctl_show_pools(struct ctl *c, int argc, char **argv);
enum ctl_exit ctl_show_metrics(struct ctl *c, int argc, char **argv);
enum ctl_exit ctl_show_health(struct ctl *c, int argc, char **argv);

#endif
