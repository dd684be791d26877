// What a C program on hiredis makes of the same work: the floor that the Swift client is compared with.
// Usage: floor SOCKET. Prints one line a figure: name, value.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#if __has_include(<hiredis/hiredis.h>)
#include <hiredis/hiredis.h>
#else
#include <hiredis.h>
#endif

static const char *socket_path;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static redisContext *connect_or_exit(void) {
  redisContext *context = redisConnectUnix(socket_path);
  if (!context || context->err) {
    fprintf(stderr, "floor: %s\n", context ? context->errstr : "no memory");
    exit(1);
  }
  return context;
}

static void *reply_or_exit(redisContext *context) {
  void *reply;
  if (redisGetReply(context, &reply) != REDIS_OK) {
    fprintf(stderr, "floor: %s\n", context->errstr);
    exit(1);
  }
  return reply;
}

static void get(redisContext *context, int depth, int count, const char *name) {
  const char *words[] = {"GET", "benchmark:key"};
  size_t lengths[] = {3, 13};
  int done = 0;
  double start = now();
  while (done < count) {
    for (int i = 0; i < depth; i++) redisAppendCommandArgv(context, 2, words, lengths);
    for (int i = 0; i < depth; i++) freeReplyObject(reply_or_exit(context));
    done += depth;
  }
  printf("%s %.1f\n", name, done / (now() - start));
}

// Publishes batches and waits until every subscriber has everything before the next one.
static void publish(int subscribers, int rounds, int batch, const char *name) {
  redisContext *publisher = connect_or_exit(), *subscriber[64];
  int epoll = epoll_create1(0);
  for (int i = 0; i < subscribers; i++) {
    subscriber[i] = connect_or_exit();
    freeReplyObject(redisCommand(subscriber[i], "SUBSCRIBE benchmark:channel"));
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (unsigned)i};
    epoll_ctl(epoll, EPOLL_CTL_ADD, subscriber[i]->fd, &event);
  }
  size_t total = (size_t)rounds * batch * subscribers, seen = 0;
  double *latency = malloc(sizeof(double) * total), start = now();
  struct epoll_event events[64];
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < batch; i++) {
      char text[32];
      int length = snprintf(text, sizeof text, "%lld", (long long)(now() * 1e9));
      const char *words[] = {"PUBLISH", "benchmark:channel", text};
      size_t lengths[] = {7, 17, (size_t)length};
      redisAppendCommandArgv(publisher, 3, words, lengths);
    }
    for (int written = 0; !written;) redisBufferWrite(publisher, &written);
    size_t target = seen + (size_t)subscribers * batch;
    while (seen < target) {
      int ready = epoll_wait(epoll, events, 64, -1);
      for (int i = 0; i < ready; i++) {
        redisContext *context = subscriber[events[i].data.u32];
        redisBufferRead(context);
        void *reply;
        while (redisGetReplyFromReader(context, &reply) == REDIS_OK && reply) {
          latency[seen++] = now() - atoll(((redisReply *)reply)->element[2]->str) * 1e-9;
          freeReplyObject(reply);
        }
      }
    }
    for (int i = 0; i < batch; i++) freeReplyObject(reply_or_exit(publisher));
  }
  double elapsed = now() - start;
  qsort(latency, total, sizeof *latency, ascending);
  printf("%s-p99-us %.2f\n%s-events %.1f\n", name, latency[(size_t)(total * 0.99)] * 1e6, name, total / elapsed);
  for (int i = 0; i < subscribers; i++) redisFree(subscriber[i]);
  redisFree(publisher);
  close(epoll);
  free(latency);
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  socket_path = argv[1];
  redisContext *context = connect_or_exit();
  freeReplyObject(redisCommand(context, "SET benchmark:key xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
  get(context, 1, 5000, "warm-up");
  get(context, 1, 20000, "get-1");
  get(context, 20, 200000, "get-20");
  get(context, 200, 300000, "get-200");
  get(context, 100, 300000, "pipeline-100");
  redisFree(context);
  publish(20, 2000, 1, "publish-1x20");
  publish(20, 200, 100, "publish-100x20");
  return 0;
}
