/// Sequences that random commands hardly ever contain: a name and lines. A line is the number of a connection and a
/// command, or `wait` and milliseconds.
enum RareMoments {
    static let all: [(name: String, lines: [String])] = [
        (
            "a watched key that was past its deadline already is removed",
            ["0 SET k v PX 10", "wait 11", "0 WATCH k", "1 GET k", "0 MULTI", "0 PING", "0 EXEC"]
        ),
        (
            "a watched key that was past its deadline already is removed, and written again",
            ["0 SET k v PX 10", "wait 11", "0 WATCH k", "1 GET k", "1 SET k w", "0 MULTI", "0 PING", "0 EXEC"]
        ),
        (
            "a watched key passes its deadline",
            ["0 SET k v PX 10", "0 WATCH k", "wait 11", "0 MULTI", "0 PING", "0 EXEC"]
        ),
        (
            "a watched key is there in the last millisecond of its deadline",
            ["0 SET k v PX 10", "0 WATCH k", "wait 10", "0 MULTI", "0 GET k", "0 EXEC"]
        ),
        (
            "a consumer reads its history again, and each time counts",
            [
                "0 XADD s 1-1 f v", "0 XADD s 1-2 f v", "0 XGROUP CREATE s g 0", "0 XREADGROUP GROUP g c STREAMS s >",
                "wait 5", "0 XREADGROUP GROUP g c COUNT 1 STREAMS s 0", "wait 7", "0 XPENDING s g - + 10",
                "0 XPENDING s g IDLE 8 - + 10 c", "0 XPENDING s g", "0 XDEL s 1-1",
                "0 XREADGROUP GROUP g c STREAMS s 0", "0 XPENDING s g - + 10", "0 XACK s g 1-1 1-2", "0 XPENDING s g",
            ]
        ),
        (
            "two consumers share what a group has not delivered",
            [
                "0 XGROUP CREATE s g $ MKSTREAM", "0 XADD s * f 1", "0 XADD s * f 2", "wait 1", "0 XADD s * f 3",
                "0 XREADGROUP GROUP g c COUNT 2 STREAMS s >", "1 XREADGROUP GROUP g d STREAMS s >",
                "0 XREADGROUP GROUP g c STREAMS s >", "0 XPENDING s g", "0 XRANGE s - +", "0 XADD s MAXLEN = 1 * f 4",
                "0 XREADGROUP GROUP g c STREAMS s 0",
            ]
        ),
        (
            "scores are raised and lowered only where that is asked for",
            [
                "0 ZADD z 3 m", "0 ZADD z GT 2.5 m", "0 ZSCORE z m", "0 ZADD z GT CH 3.5 m", "0 ZADD z LT CH 3.75 m",
                "0 ZADD z LT CH 3.25 m n", "0 ZADD z XX GT CH 9 m 9 n", "0 ZRANGE z 0 -1 WITHSCORES",
                "0 ZADD z XX GT 3.25 m", "0 ZADD z NX 1 m 2 o", "0 ZRANGE z 0 -1 WITHSCORES",
            ]
        ),
        (
            "the last identifier of a stream",
            [
                "0 XADD s 18446744073709551615-18446744073709551615 f v", "0 XADD s * f v", "0 XADD s 1-1 f v",
                "0 XREAD STREAMS s $", "0 XRANGE s - +",
            ]
        ),
        (
            "the clock of the server stands still while a stream grows",
            [
                "0 XADD s * f v", "0 XADD s * f v", "0 XADD s 1700000000001-5 f v", "wait 1", "0 XADD s * f v",
                "0 XLEN s",
            ]
        ),
        (
            "who tracks is told of a key that passes its deadline, when somebody looks",
            [
                "3 SUBSCRIBE x", "0 CLIENT TRACKING on REDIRECT #3", "0 SET k v PX 10", "0 GET k", "wait 11", "1 GET k",
                "1 SET k w", "0 GET k", "1 FLUSHALL",
            ]
        ),
    ]

    static func steps(_ lines: [String]) -> [Step] {
        var steps: [Step] = []
        var delay: Int64 = 0
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            guard let connection = Int(words[0]) else {
                delay += (Int64(words[1]) ?? 0) * 1000
                continue
            }
            var step = Step(connection, Array(words.dropFirst()), delay: delay)
            if let place = words.firstIndex(where: { $0.hasPrefix("#") }), let other = Int(words[place].dropFirst()) {
                step.words[place - 1] = .number(ofConnection: other)
            }
            steps.append(step)
            delay = 0
        }
        return steps
    }
}
