import Checking
import History
import TestSupport
import Testing

/// The checks against histories of a cache that is known to be right, or wrong in one known way.
@Suite("A correct cache raises no alarm, and a broken one does", .computing)
struct ModelCacheTests {
    #if DEBUG
        static let seeds: Range<UInt64> = 0..<200
    #else
        static let seeds: Range<UInt64> = 0..<5_000
    #endif

    /// What a correct cache keeps in each mode. An announced invalidation leaves other instances free to be stale.
    static func checks(_ mode: ModelCache.Mode) -> [any Check] {
        let always: [any Check] = [
            FreshAfterInvalidation(), Sessions(), BoundedStaleness(), Convergence(),
            Expiry(lifetimes: ModelCache.lifetimes), Tags(lifetimes: ModelCache.lifetimes), Loads(scope: .cluster),
            Delivery(subscribers: [0, 1], order: .channel),
        ]
        return mode == .announced
            ? always
            : always + [Linearizable(), LinearizableByVersions(), LinearizableBySearch(), BoundedStaleness(limit: 0)]
    }

    @Test("A correct cache passes every check", arguments: ModelCache.Mode.allCases)
    func correct(mode: ModelCache.Mode) {
        for seed in Self.seeds {
            let history = ModelCache.history(mode: mode, seed: seed)
            for check in Self.checks(mode) {
                let report = check.examine(history)
                #expect(
                    report.verdict != .violation,
                    """
                    \(check.name), seed \(seed): \
                    \(report.violations.first.map { "\($0.rule)\n\($0.explanation)" } ?? "")
                    """
                )
            }
        }
    }

    @Test("Every check has something to examine in it", arguments: ModelCache.Mode.allCases)
    func examined(mode: ModelCache.Mode) {
        for check in Self.checks(mode) {
            let passes = Self.seeds.count { check.examine(ModelCache.history(mode: mode, seed: $0)).verdict == .pass }
            #expect(passes > Self.seeds.count / 2, "\(check.name)")
        }
    }

    @Test(
        "Each fault is caught by the check for it",
        arguments: [
            (ModelCache.Fault.invalidationLost, ModelCache.Mode.acknowledged, "linearizable"),
            (.invalidationLost, .acknowledged, "fresh-after-invalidation"),
            (.invalidationLost, .announced, "fresh-after-invalidation"),
            (.invalidationLost, .acknowledged, "convergence"),
            (.invalidationLost, .acknowledged, "staleness"),
            (.tagIncomplete, .acknowledged, "tags"),
            (.tagIncomplete, .announced, "tags"),
            (.tagClearsAll, .acknowledged, "tags"),
            (.lifetimeRenewed, .acknowledged, "expiry"),
            (.duplicate, .announced, "delivery"),
            (.stampede, .acknowledged, "loads"),
        ])
    func faults(fault: ModelCache.Fault, mode: ModelCache.Mode, name: String) {
        let checks = Self.checks(mode).filter { $0.name == name }
        let caught = Self.seeds.count { seed in
            let history = ModelCache.history(mode: mode, fault: fault, seed: seed)
            return checks.contains { $0.examine(history).verdict == .violation }
        }
        #expect(caught > Self.seeds.count / 10, "caught with \(caught) of \(Self.seeds.count) seeds")
    }
}
