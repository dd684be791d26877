import History
import Testing

@testable import CacheHierarchy

@Suite("Holds on keys")
struct HoldTableTests {
    @Test("A key is held until the last of its holds is released, whatever becomes of other keys")
    func release() {
        var holds = HoldTable()
        #expect(holds.isEmpty)
        holds.add("a", on: "k", until: 10)
        holds.add("b", on: "k", until: 10)
        holds.add("a", on: "other", until: 10)
        holds.remove("a", from: "k")
        #expect(holds.isHeld("k", now: 9))
        holds.remove("a", from: "k")
        holds.remove("unknown", from: "k")
        #expect(holds.isHeld("k", now: 9))
        holds.remove("b", from: "k")
        #expect(!holds.isHeld("k", now: 9))
        #expect(holds.isHeld("other", now: 9))
        holds.remove("a", from: "other")
        #expect(holds.isEmpty)
    }

    @Test("A hold runs out at its deadline; one that is announced again runs out at the later one")
    func expiry() {
        var holds = HoldTable()
        holds.add("a", on: "k", until: 10)
        #expect(holds.isHeld("k", now: 9) && !holds.isHeld("k", now: 10))
        holds.add("a", on: "k", until: 20)
        #expect(holds.isHeld("k", now: 19))
        holds.forgetExpired(of: "k", now: 19)
        #expect(holds.isHeld("k", now: 19))
        holds.forgetExpired(of: "k", now: 20)
        #expect(holds.isEmpty)
    }
}
