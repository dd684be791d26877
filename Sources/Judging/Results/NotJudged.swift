import Scenarios

/// A check or a target that a scenario declares and that was not judged.
public struct NotJudged: Sendable, Hashable {
    /// The check as in a scenario file, or the target's title.
    public var name: String
    /// Begins with `not judged`.
    public var reason: String
    /// The target, without a measurement; `nil` of a check.
    public var target: TargetOutcome?

    package init(_ check: CheckDeclaration, reason: String) {
        name = check.word
        self.reason = reason
    }

    /// What is known against a cache under test as a whole.
    package init(theCache reason: String) {
        name = "the cache"
        self.reason = reason
    }

    package init(_ target: Target, reason: String) {
        name = target.title
        self.reason = reason
        self.target = TargetJudgement(measurements: []).judge(target)
    }
}

extension NotJudged {
    /// Whether the live world judges it: a speed, or what a run takes of the machine. Of what was simulated.
    public var needsLiveWorld: Bool { reason.hasPrefix(Self.notInThisWorld) }

    private static let notInThisWorld = "not judged in this world: "

    /// All that a scenario asks, of a run that did not come to its end.
    static func everything(of scenario: Scenario) -> [NotJudged] {
        let reason = "not judged: the run did not come to its end"
        return scenario.checks.map { NotJudged($0, reason: reason) }
            + (scenario.targets + scenario.targetsWithoutSubject).map { NotJudged($0, reason: reason) }
    }

    /// What a run in a world does not judge.
    package static func rest(of scenario: Scenario, in world: World) -> [NotJudged] {
        checks(of: scenario, in: world)
            + scenario.targets.filter { !$0.hasMeaning(in: world) }.map {
                NotJudged($0, reason: notInThisWorld + "virtual time says nothing about speed")
            } + withoutSubject(of: scenario) + untold(of: scenario, in: world)
    }

    /// What a cache under test does not tell.
    private static func untold(of scenario: Scenario, in world: World) -> [NotJudged] {
        scenario.targets.filter { $0.hasMeaning(in: world) && scenario.isUntold($0) }.map {
            NotJudged($0, reason: "not judged: the subject does not say when it has applied an invalidation")
        }
    }

    /// What exploring does not judge.
    package static func restOfExploring(_ scenario: Scenario) -> [NotJudged] {
        checks(of: scenario, in: .simulated)
            + scenario.targets.map {
                NotJudged(
                    $0,
                    reason: $0.hasMeaning(in: .simulated)
                        ? "not judged: exploring asks the checks and measures nothing"
                        : notInThisWorld + "virtual time says nothing about speed")
            } + withoutSubject(of: scenario)
    }

    private static func checks(of scenario: Scenario, in world: World) -> [NotJudged] {
        scenario.checks.filter { !$0.hasMeaning(in: world) }.map {
            NotJudged($0, reason: notInThisWorld + "a simulation takes nothing of the machine")
        }
    }

    private static func withoutSubject(of scenario: Scenario) -> [NotJudged] {
        scenario.targetsWithoutSubject.map { target in
            NotJudged(
                target, reason: "not judged: this variant has no \(scenario.missingSubject(of: target) ?? "such part")")
        }
    }
}

extension CheckDeclaration {
    /// A simulation takes no resources that could be measured, and no connections.
    func hasMeaning(in world: World) -> Bool {
        switch self {
        case .resources, .connections: world == .live
        default: true
        }
    }
}

extension Target {
    /// Virtual time says nothing about speed.
    func hasMeaning(in world: World) -> Bool {
        world == .live || ![.nanoseconds, .perSecond, nil].contains(Metric.named(metric)?.unit)
    }
}

extension TargetOutcome {
    /// Whether it depends on how fast the machine is: a time, or something per second. A count of times is no time.
    public var isOfSpeed: Bool {
        guard let metric = Metric.named(metric) else { return true }
        let unit = Statistic(rawValue: statistic).map(metric.unit(of:)) ?? metric.unit
        return [.nanoseconds, .perSecond].contains(unit)
    }
}
