import Checking
import History
import Simulation

/// The checks that look into layers.
extension Contest {
    static let convergence = Contest(
        name: "convergence",
        recipe: HistoryRecipe(
            kinds: [.write, .write, .delete, .invalidate, .invalidateTag, .inspect, .load], kindsAtTheEnd: [.inspect],
            namings: [.versions, .versions, .versions, .both, .mixed], hasTags: true)
    ) { _ in
        Question("convergence", Convergence(maximumViolations: 1), NaiveConvergence.convergence)
    }

    static let expiry = Contest(
        name: "expiry",
        recipe: HistoryRecipe(
            kinds: [.fill, .fill, .fill, .read, .inspect], kindsAtTheEnd: [.read, .inspect],
            layers: [.l1, .l1, .l2, .l2, .l3, .redis], oneWrongOf: 10)
    ) { random in
        let lifetimes = lifetimes(&random)
        let tolerance = ([0, 0, 1, 3, Int64.max] as [Int64]).randomElement(using: &random)!
        let hosts = ([nil, [0: 0, 1: 1], [1: 5]] as [[Int32: Int32]?]).randomElement(using: &random)!
        return Question(
            "expiry: lifetimes \(lifetimes), tolerance \(tolerance), hosts \(hosts.map { "\($0)" } ?? "one")",
            Expiry(lifetimes: lifetimes, tolerance: tolerance, hosts: hosts, maximumViolations: 1)
        ) { NaiveExpiry.expiry($0, lifetimes: lifetimes, tolerance: tolerance, hosts: hosts) }
    }

    static let tags = Contest(
        name: "tags",
        recipe: HistoryRecipe(
            kinds: [
                .inspect, .inspect, .read, .invalidateTag, .invalidateTag, .invalidateTag, .apply, .load, .load, .fill,
                .fill, .write, .evict,
            ], kindsAtTheEnd: [.inspect, .read], count: 3...9, keyCounts: [1], layers: [.l1, .l2, .l2, .redis, .redis],
            scopes: [.none, .instance, .cluster, .cluster, .cluster], hasTags: true, fillsComeFromOutside: true)
    ) { random in
        let lifetimes = Bool.random(using: &random) ? [:] : lifetimes(&random)
        let grace = grace(&random)
        return Question(
            "tags: lifetimes \(lifetimes)\(said(grace))",
            Tags(lifetimes: lifetimes, grace: grace, maximumViolations: 1)
        ) {
            NaiveTags.tags($0, lifetimes: lifetimes, grace: grace)
        }.with(.graceIsForgotten) { NaiveTags.tags($0, lifetimes: lifetimes, grace: nil) }
    }

    private static func lifetimes(_ random: inout SeededRandom) -> [Layer: Int64] {
        var lifetimes: [Layer: Int64] = [:]
        for layer in Layer.caches where Int.random(in: 0..<3, using: &random) > 0 {
            lifetimes[layer] = [1, 2, 4, 8, Int64.max].randomElement(using: &random)!
        }
        return lifetimes
    }

    static let serialisation = Contest(
        name: "serialisation",
        recipe: HistoryRecipe(
            kinds: [.write, .write, .write, .delete, .read, .load, .fill, .inspect], count: 3...9, namings: [.both],
            keyCounts: [1, 1, 2], oneWrongValueOf: 5)
    ) { _ in
        Question("serialisation", Serialisation(maximumViolations: 1), NaiveSerialisation.serialisation)
    }
}
