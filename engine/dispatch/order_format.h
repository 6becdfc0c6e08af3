/* What an order (order.h) and its reader, the launcher, agree on. */
#ifndef HD_DISPATCH_ORDER_FORMAT_H
#define HD_DISPATCH_ORDER_FORMAT_H

#define HD_ORDER_HEAD "hdrive-order 1 "
/* Before the number of the attempt: the file's name in the trial's folder. */
#define HD_ORDER_FILE "order-"
/* Likewise: a word for the attempt's launcher, where no signal reaches it. */
#define HD_ORDER_CONTROL "ctl-"
#define HD_ORDER_TERM "term"
#define HD_ORDER_KILL "kill"

#endif
