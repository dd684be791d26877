import Judging
public import Scenarios

/// The result of a scenario of an event bridge.
public struct BridgeRun: Sendable {
    /// The scenario that was run.
    public var scenario: BridgeScenario
    /// The verdict on the run.
    public var verdict: RunVerdict
    /// The time from the start of the server to its end, in seconds.
    public var duration: Double
    /// The counts. `nil` if the trial could not run.
    public var trial: TrialResult?
    /// The measurements, overall and for each instance.
    public var measurements: [Measurement]
    /// The measurements compared with the declared targets.
    public var targets: [TargetOutcome]
    /// The reason why the trial could not run to its end, or `nil`.
    public var failure: String?

    /// Judges a trial by the targets that the scenario declares.
    public init(_ scenario: BridgeScenario, _ trial: TrialResult, duration: Double) {
        self.scenario = scenario
        self.duration = duration
        self.trial = trial
        measurements = trial.measurements
        let judgement = TargetJudgement(measurements: measurements)
        targets = scenario.targets.map { judgement.judge($0) }
        verdict = Self.verdict(targets, trial)
    }

    /// The result of a scenario that could not run.
    init(_ scenario: BridgeScenario, failure: String, as verdict: RunVerdict, duration: Double) {
        self.scenario = scenario
        self.verdict = verdict
        self.duration = duration
        measurements = []
        targets = []
        self.failure = failure
    }

    /// The verdict. A metric of ``Metric/neverOfBridge`` above its target is a violation. Any other missed target is
    /// missed. If an instance failed, all else is unknown, because its part is unknown.
    private static func verdict(_ targets: [TargetOutcome], _ trial: TrialResult) -> RunVerdict {
        let never = Metric.neverOfBridge.map(\.name)
        let verdicts = targets.map { $0.verdict == .missed && never.contains($0.metric) ? .violation : $0.verdict }
        let isWhole = trial.dead.isEmpty && trial.notes.isEmpty
        if isWhole || verdicts.contains(.violation) { return verdicts.max() ?? .unknown }
        return .unknown
    }
}
