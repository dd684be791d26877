import History
import Support
import Testing

@testable import CacheHierarchy

@Suite("Floors are bounded and never forgotten to coherence's cost")
struct FloorTableTests {
    @Test("An entry below the floor of its name is refused, at or above it admitted")
    func floors() {
        var table = FloorTable(capacity: 10)
        table.raise("a", to: 5)
        table.raise("b", to: 9)
        #expect(!table.admits("a", asOf: 4))
        #expect(table.admits("a", asOf: 5))
        #expect(table.admits("c", asOf: 1))
        table.raise("a", to: 3)
        #expect(!table.admits("a", asOf: 4))
    }

    @Test("What was forgotten is refused, whatever its name")
    func horizon() {
        var table = FloorTable(capacity: 4)
        for time in 1...100 { table.raise("k\(time)", to: Int64(time)) }
        for time in 1...100 { #expect(!table.admits("k\(time)", asOf: Int64(time) - 1)) }
        #expect(table.horizon > 0)
        #expect(table.admits("new", asOf: 100))
    }
}

@Suite("A full layer gives up what its policy says")
struct MemoryStorageTests {
    private func entry(_ key: String, deadline: Int64 = .max) -> CacheEntry {
        CacheEntry(key: key, version: 1, value: [], tags: [], asOf: 0, deadline: deadline)
    }

    @Test("LRU gives up what was not used for the longest time")
    func lru() {
        var storage = MemoryStorage(capacity: 2, policy: .lru)
        #expect(storage.insert(entry("a")) == nil)
        #expect(storage.insert(entry("b")) == nil)
        #expect(storage.use("a") != nil)
        #expect(storage.insert(entry("c"))?.key == "b")
        #expect(storage.use("b") == nil)
        #expect(storage.count == 2)
    }

    @Test("TTL gives up what expires first, also after deadlines were replaced")
    func ttl() {
        var storage = MemoryStorage(capacity: 2, policy: .ttl)
        _ = storage.insert(entry("a", deadline: 10))
        _ = storage.insert(entry("b", deadline: 20))
        _ = storage.insert(entry("a", deadline: 30))
        #expect(storage.insert(entry("c", deadline: 40))?.key == "b")
        #expect(storage.insert(entry("d", deadline: 50))?.key == "a")
    }

    @Test("The adaptive policy keeps what is used again through a scan that LRU would not survive")
    func adaptive() {
        func survivors(_ policy: EvictionPolicy) -> Int {
            var storage = MemoryStorage(capacity: 20, policy: policy)
            for _ in 0..<5 {
                for hot in 0..<10 where storage.use("hot\(hot)") == nil { _ = storage.insert(entry("hot\(hot)")) }
            }
            for cold in 0..<200 where storage.use("cold\(cold)") == nil { _ = storage.insert(entry("cold\(cold)")) }
            return (0..<10).count { storage.peek("hot\($0)") != nil }
        }
        #expect(survivors(.lru) == 0)
        #expect(survivors(.adaptive) == 10)
    }

    @Test("No policy ever holds more than the capacity, or loses count", arguments: EvictionPolicy.allCases)
    func bounds(_ policy: EvictionPolicy) {
        var generator = SystemRandomNumberGenerator()
        var storage = MemoryStorage(capacity: 7, policy: policy)
        for step in 0..<20_000 {
            let key = "k\(Int.random(in: 0..<30, using: &generator))"
            let name = NameKey(key)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: storage.remove(name)
            case 1...5: if storage.use(name) == nil { _ = storage.insert(entry(key, deadline: Int64(step))) }
            default: _ = storage.insert(entry(key, deadline: Int64.random(in: 0..<1000, using: &generator)))
            }
            #expect(storage.count <= 7)
            #expect(storage.entries.count == storage.count)
        }
    }
}

@Suite("What goes over the bus arrives as it was")
struct InvalidationCodingTests {
    @Test(
        "Whatever the names",
        arguments: [
            Invalidation(
                action: .drop, keys: ["a", "", "b c", "3:x", "ü\u{0}\n"], tags: ["", "1:2"], sender: "i1",
                wantsAcknowledgement: true),
            Invalidation(action: .hold("i1#7"), keys: ["k"], sender: "", wantsAcknowledgement: false),
            Invalidation(action: .release("i1#7"), tags: ["t"], sender: "i 2", wantsAcknowledgement: true),
        ])
    func roundTrip(_ invalidation: Invalidation) throws {
        let message = Array("42 ".utf8) + invalidation.encoded()
        #expect(StampedInvalidation(message: message) == StampedInvalidation(time: 42, invalidation: invalidation))
    }

    @Test("Anything else is refused", arguments: ["", "x", "1 ", "1 5:ab", "1 1:9", "1 1:11:d0:1:x1:11:9"])
    func garbage(_ text: String) {
        #expect(StampedInvalidation(message: Array(text.utf8)) == nil)
    }
}
