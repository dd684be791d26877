import Checking
import History
import Scenarios

extension ScenarioResult {
    package init(_ scenario: Scenario, world: World, seed: UInt64, defects: Set<String>) {
        self.init(
            name: scenario.name, file: scenario.file, world: world, seed: seed, verdict: .unknown, duration: 0,
            operations: OperationCounts(), declarations: [], checks: [], measurements: [], targets: [],
            impact: scenario.impact, failure: nil,
            history: History(operations: [], keys: []), defects: defects,
            timeScale: world == .live ? scenario.cluster.timeScale : 1)
        variant = scenario.variant
        overrides = scenario.overrides
        subjectOption = scenario.subject.flatMap { $0.folder == nil ? $0.command : nil }
        notJudged = NotJudged.everything(of: scenario)
    }

    /// - Parameter heading: what the failure is called in reports.
    package mutating func fail(
        _ reason: String, as verdict: RunVerdict, heading: String = Self.usualFailureHeading
    ) {
        failure = reason
        failureHeading = heading
        self.verdict = verdict
    }

    /// Asks the record of a run what the scenario declares.
    package mutating func judge(_ record: RunRecord, _ scenario: Scenario) {
        keep(record, scenario)
        checks = declarations.map { declaration in
            let check = declaration.check(contents: record.contents)
            if let reason = record.subject?.reasonNotToAsk(declaration, of: scenario) {
                return CheckReport(check: check.name, examined: 0, reason: reason)
            }
            guard record.isWhole || !declaration.needsEndOfRun else {
                return CheckReport(check: check.name, examined: 0, reason: "the run was ended before its end")
            }
            return check.examine(history)
        }
        // Whatever is asked, a value that no write gave is a violation.
        let values = WrittenValues(told: record.damages).examine(history)
        if values.violationCount > 0 { checks.append(values) }
        measurements = Measurements(
            history: history, phases: record.phases, roundTrips: record.roundTrips, faults: record.faults,
            managers: record.managers
        )
        .all()
        let judgement = TargetJudgement(measurements: measurements)
        targets = scenario.targets(in: record.world).map { judgement.judge($0) }
        // What was measured until a run was ended says how it ended.
        if !record.isWhole {
            for index in targets.indices {
                targets[index].verdict = .unknown
                targets[index].isWarning = false
            }
        }
        notJudged = NotJudged.rest(of: scenario, in: record.world)
        if record.subject != nil {
            if let idle = Self.idleCache(history) { notJudged.append(idle) }
            if Self.sawNothing(history) {
                notJudged.append(NotJudged(theCache: "not judged in its layers: no inspection showed an entry"))
            }
        }
        if scenario.checks.isEmpty { notJudged += record.subject?.notAsked() ?? [] }
        faults = record.faults
        bus = record.bus
        managers = record.managers
        verdict = (checks.map { RunVerdict($0.verdict) } + targets.map(\.verdict)).max() ?? .unknown
        // What faults do to the reference cache may be all that a scenario is about.
        if record.isWhole, record.subject != nil || scenario.faults.isEmpty,
            let unexamined = troubles.unexamined(in: history)
        {
            fail(unexamined, as: max(verdict, .unknown), heading: "not examined")
        }
        if let wrong = record.wrongCommit {
            fail(wrong, as: max(verdict, .violation), heading: "violation of values")
        }
        if let fault = record.adapterFault { fail(fault, as: .error, heading: "wrong adapter") }
        let idle = faults.filter { !$0.tookEffect }.map {
            "\($0.fault) (during \($0.fault.phases.joined(separator: ", ")))"
        }
        if !idle.isEmpty, record.isWhole {
            fail(
                "nothing was left to do when this had gone wrong: \(idle.joined(separator: "; "))",
                as: max(verdict, .error), heading: "a fault without effect")
        }
    }

    /// Whether the inspections of a cache under test found no entry, although layers have served some.
    private static func sawNothing(_ history: History) -> Bool {
        let inspections = history.operations.filter { $0.kind == .inspect }
        return !inspections.isEmpty && inspections.allSatisfy(\.isAbsent)
            && history.operations.contains { $0.kind == .read && $0.outcome == .ok && $0.layer != .origin }
    }

    /// That a cache under test has served nothing: whoever always asks the origin is coherent, and no cache.
    private static func idleCache(_ history: History) -> NotJudged? {
        let reads = history.operations.filter { $0.kind == .read && $0.isOfClient && $0.outcome == .ok }
        guard !reads.isEmpty, reads.allSatisfy({ $0.layer == .origin }) else { return nil }
        return NotJudged(
            theCache: "not judged as a cache: it served nothing, and each of its \(reads.count) reads asked the origin")
    }

    /// Keeps what a run recorded, with what it was to be asked. Nothing is judged.
    package mutating func keep(_ record: RunRecord, _ scenario: Scenario) {
        history = record.history
        phases = record.phases
        hosts = (0..<scenario.cluster.instances).map { scenario.cluster.host(ofInstance: $0) }
        operations = OperationCounts(history)
        declarations = scenario.checks(of: record)
        subject = record.subject
        troubles = record.troubles
        troubles.countUntold(in: history)
    }
}

extension CheckDeclaration {
    /// Whether the beginning of a history can break the rule although the whole would keep it.
    fileprivate var needsEndOfRun: Bool {
        switch self {
        case .delivery, .resources, .connections: true
        default: false
        }
    }
}

extension Scenario {
    /// What is asked of a run in a world.
    package func checks(in world: World) -> [CheckDeclaration] {
        checks.filter { $0.hasMeaning(in: world) }.map { $0.completed(for: cluster, in: world) }
    }

    /// What is asked of a run, with what the run says about who heard everything.
    package func checks(of record: RunRecord) -> [CheckDeclaration] {
        let asked =
            checks.isEmpty
            ? (record.subject?.usualChecks ?? []).map { $0.completed(for: cluster, in: record.world) }
            : checks(in: record.world)
        return asked.map { check in
            // A cache that says within which time it announces is asked for that.
            if case .freshAfterInvalidation(nil) = check, let subject = record.subject, subject.promise == "announced" {
                return .freshAfterInvalidation(grace: subject.grace)
            }
            return check.completed(by: record)
        }
    }

    /// The targets that mean something in a world.
    package func targets(in world: World) -> [Target] {
        targets.filter { $0.hasMeaning(in: world) && !isUntold($0) }
    }

    /// Whether a target is of something that a cache under test does not tell.
    func isUntold(_ target: Target) -> Bool { subject != nil && Metric.named(target.metric) == .propagation }
}
