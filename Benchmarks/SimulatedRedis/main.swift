// Commands a second of processor time, on one thread, each with the conversion of its words: what a simulated world
// pays for its Redis. Processor time, so that neighbours on the machine do not count. Run it with: swift run -c
// release simulated-redis-benchmark
import RedisClient
import SimulatedRedis

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func measure(_ what: String, _ body: (inout RedisModel, ConnectionID, Int) -> Void) {
    var model = RedisModel()
    let connection = ConnectionID(1)
    let count = 1_000_000
    let start = processorSeconds()
    for number in 0..<count { body(&model, connection, number) }
    let seconds = processorSeconds() - start
    print("\(what): \(Int(Double(count) / seconds)) commands/s")
}

let keys = (0..<1000).map { "key:\($0)" }
let value = String(repeating: "x", count: 100)

measure("GET of 1,000 keys, half of them there") { model, connection, number in
    if number < 500 { _ = model.execute(RedisCommand("SET", keys[number], value), by: connection, at: Int64(number)) }
    _ = model.execute(RedisCommand("GET", keys[number % 1000]), by: connection, at: Int64(number))
}
measure("SET PX, 100 bytes") { model, connection, number in
    _ = model.execute(RedisCommand("SET", keys[number % 1000], value, "PX", "1000"), by: connection, at: Int64(number))
}
measure("HSET into 1,000 hashes of 10 fields") { model, connection, number in
    _ = model.execute(
        RedisCommand("HSET", keys[number % 1000], keys[number % 10], value), by: connection, at: Int64(number))
}
measure("PUBLISH to two subscribers") { model, connection, number in
    if number == 0 {
        for subscriber in 2...3 {
            _ = model.execute(RedisCommand("SUBSCRIBE", "bus"), by: ConnectionID(Int64(subscriber)), at: 0)
        }
    }
    _ = model.execute(RedisCommand("PUBLISH", "bus", "message"), by: connection, at: Int64(number))
}
measure("XADD MAXLEN = 1000, automatic identifiers") { model, connection, number in
    _ = model.execute(
        RedisCommand("XADD", "log", "MAXLEN", "=", "1000", "*", "field", "value"), by: connection, at: Int64(number))
}
