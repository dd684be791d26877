import Checking
import History
import Simulation

extension Contest {
    static let all: [Contest] = [
        linearizable, byVersions, byZones, bySearch, fresh, staleness, sessions, convergence, expiry, tags, loads,
        serialisation, delivery, isolation,
        resources, connections, streamingByVersions, streamingFresh, streamingStaleness, streamingSessions,
        streamingLoads,
    ]
}

extension Contest.Question {
    init<Streaming: StreamingCheck>(
        _ text: String, streaming: @escaping @Sendable (OperationNames, Set<Int32>) -> Streaming,
        _ referee: @escaping @Sendable (History) -> NaiveRuling
    ) {
        self.text = "streaming \(text)"
        check = { streamed(streaming(OperationNames($0), Set($0.operations.map(\.instance))), $0).verdict }
        self.referee = { referee($0).verdict }
        isOfStream = true
    }

    init(_ text: String, _ check: some Check, _ referee: @escaping @Sendable (History) -> NaiveRuling) {
        self.text = text
        self.check = { check.examine($0).verdict }
        self.referee = { referee($0).verdict }
    }

    func with(_ fault: OldFault, _ referee: @escaping @Sendable (History) -> NaiveRuling) -> Self {
        var question = self
        question.faulty[fault] = { referee($0).verdict }
        return question
    }

    func withFaultyLoads(_ scope: Loads.Scope, _ limit: Int) -> Self {
        with(.loadsOfOtherInstancesDoNotCount) { NaiveLoads.loads($0, .instance, limit: limit) }
            .with(.oneLoadIsTheLimit) { NaiveLoads.loads($0, scope, limit: 1) }
            .with(.linesAreOrdered) { NaiveLoads.loads($0, scope, limit: limit, takesLinesInOrder: true) }
    }
}
