import History
import Support
import Testing

@Suite("The word that was probably meant")
struct NearestWordTests {
    private static let kinds = Operation.Kind.allCases.map { "\($0)" }
    private static let checks = [
        "linearizable", "fresh-after-invalidation", "sessions", "staleness", "convergence", "expiry", "tags", "loads",
        "serialisation", "resources", "delivery", "connections", "isolation",
    ]

    @Test(
        "A slip of the pen, another spelling, an abbreviation and a synonym are recognised",
        arguments: [
            ("raed", "read"), ("Read", "read"), ("writ", "write"), ("wirte", "write"), ("deleted", "delete"),
            ("invalidate_tag", "invalidateTag"), ("invalidate-tag", "invalidateTag"),
            ("invalidateTags", "invalidateTag"),
            ("inval", "invalidate"), ("invaldate", "invalidate"), ("loads", "load"), ("evicted", "evict"),
            ("recieve", "receive"), ("compare-and-set", "compareAndSet"), ("compareandset", "compareAndSet"),
            ("cas", "compareAndSet"), ("compareAndSwap", "compareAndSet"), ("put", "write"), ("get", "read"),
            ("remove", "delete"), ("publsh", "publish"),
        ])
    func kind(word: String, meant: String) {
        #expect(NearestWord.suggestion(for: word, among: Self.kinds) == meant)
    }

    @Test(
        "What means something else is no slip of the pen",
        arguments: [
            "invalidateAll", "invalidate-all", "invalidateKeys", "invalidatePrefix", "readMany", "readAll", "writeMany",
            "write-through", "writeBehind", "deleteAll", "evictAll", "loadAll", "fillAll", "publishAll", "unpublish",
            "revalidate", "validate", "reload", "preload", "rewrite", "undelete", "refill", "unread", "lead", "head",
            "touch", "expire", "increment", "decrement", "append", "clear", "flush", "lock", "unlock", "update",
            "merge",
            "replace", "refresh", "subscribe", "hit", "miss", "move", "pause", "compareAndDelete",
        ])
    func otherKind(word: String) {
        #expect(NearestWord.suggestion(for: word, among: Self.kinds) == nil)
    }

    @Test(
        "Checks",
        arguments: [
            ("linearisable", "linearizable"), ("linearizability", "linearizable"), ("lin", "linearizable"),
            ("session", "sessions"), ("stale", "staleness"), ("freshness", "fresh-after-invalidation"),
            ("fresh", "fresh-after-invalidation"),
            ("serialization", "serialisation"), ("expire", nil), ("isolation-level", nil), ("tag", "tags"),
            ("connection", "connections"), ("deliver", "delivery"),
        ] as [(String, String?)])
    func check(word: String, meant: String?) {
        #expect(NearestWord.suggestion(for: word, among: Self.checks) == meant)
    }

    @Test("Numbers in names are no slip of the pen", arguments: ["L4", "p90", "L"])
    func numbers(word: String) {
        #expect(NearestWord.suggestion(for: word, among: ["L1", "L2", "p95"]) == nil)
    }
}
