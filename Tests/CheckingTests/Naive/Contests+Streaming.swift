import Checking
import History
import Simulation

/// The checks that take one operation after another give the verdicts of those of the same names.
extension Contest {
    static let streamingByVersions = Contest(name: "streaming linearizable-by-versions", recipe: byVersions.recipe) {
        _ in
        Question(
            "linearizable-by-versions",
            streaming: { names, _ in StreamingLinearizableByVersions(names: names, maximumViolations: 1) },
            NaiveLinearizability.byVersions)
    }

    static let streamingFresh = Contest(name: "streaming fresh-after-invalidation", recipe: fresh.recipe.inOrder) {
        random in
        let grace = grace(&random)
        return Question(
            "fresh-after-invalidation\(said(grace))",
            streaming: {
                StreamingFreshAfterInvalidation(names: $0, instances: $1, grace: grace, maximumViolations: 1)
            }, { NaiveFreshness.fresh($0, grace: grace) }
        ).with(.graceIsForgotten) { NaiveFreshness.fresh($0, grace: nil) }
    }

    static let streamingStaleness = Contest(name: "streaming staleness", recipe: staleness.recipe) { random in
        let limit = ([0, 0, 0, 1, 3, Int64.max] as [Int64]).randomElement(using: &random)!
        return Question(
            "staleness, at most \(limit)",
            streaming: { names, _ in
                StreamingBoundedStaleness(names: names, limit: limit, maximumViolations: 1)
            }, { NaiveFreshness.staleness($0, limit: limit) })
    }

    static let streamingSessions = Contest(name: "streaming sessions", recipe: sessions.recipe) { _ in
        Question(
            "sessions", streaming: { names, _ in StreamingSessions(names: names, maximumViolations: 1) },
            { NaiveSessions.sessions($0) }
        ).with(.linesAreOrdered) { NaiveSessions.sessions($0, takesLinesInOrder: true) }
    }

    static let streamingLoads = Contest(name: "streaming loads", recipe: loads.recipe) { random in
        let scope = Loads.Scope.allCases.randomElement(using: &random)!
        let limit = [1, 1, 1, 2, 2, 3].randomElement(using: &random)!
        return Question(
            "loads: \(limit) in \(scope)",
            streaming: { names, _ in
                StreamingLoads(names: names, scope: scope, limit: limit, maximumViolations: 1)
            }, { NaiveLoads.loads($0, scope, limit: limit) }
        ).withFaultyLoads(scope, limit)
    }
}
