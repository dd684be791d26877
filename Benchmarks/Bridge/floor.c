// What a C program on hiredis sees of the same events: the floor that a subscriber of the bridge is compared with.
// Usage: floor SOCKET. Subscribes to every bridge of the server and prints, once nothing has come for two seconds after the
// first event: how many came, and the percentiles of their latencies in microseconds.
#include <hiredis/hiredis.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  redisContext *context = redisConnectUnix(argv[1]);
  if (!context || context->err) {
    fprintf(stderr, "floor: %s\n", context ? context->errstr : "no memory");
    return 1;
  }
  freeReplyObject(redisCommand(context, "PSUBSCRIBE coherence-*"));
  size_t capacity = 1 << 20, count = 0;
  int64_t *latency = malloc(capacity * sizeof *latency);
  redisReply *reply;
  while (redisGetReply(context, (void **)&reply) == REDIS_OK) {
    const redisReply *payload = reply->element[3];
    // An event of the bridge: E, and its time in eight bytes from the 24th on.
    if (payload->len >= 32 && payload->str[0] == 'E') {
      int64_t time;
      memcpy(&time, payload->str + 24, sizeof time);
      if (count == capacity) latency = realloc(latency, (capacity *= 2) * sizeof *latency);
      latency[count++] = now() - time;
    }
    freeReplyObject(reply);
    if (count == 1) redisSetTimeout(context, (struct timeval){.tv_sec = 2});
  }
  if (count == 0) return 1;
  qsort(latency, count, sizeof *latency, ascending);
  printf("%zu %.1f %.1f %.1f\n", count, latency[count / 2] / 1e3, latency[(size_t)(count * 0.99)] / 1e3,
         latency[count - 1] / 1e3);
  return 0;
}
