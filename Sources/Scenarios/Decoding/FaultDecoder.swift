import History
import Support

/// Reads one fault, and says what is impossible about it.
struct FaultDecoder {
    static let words = [
        "crash", "pause", "partition", "disconnect", "delay", "skew", "memory-pressure", "eviction", "failover", "hold",
    ]
    private static let wordsOfInstances = ["crash", "pause", "partition", "disconnect", "delay", "skew"]
    private static let wordsOfServer = ["crash", "pause", "memory-pressure", "eviction", "failover"]
    private static let wordsOfOrigin = ["crash", "pause", "delay", "hold"]

    let scenario: Scenario
    /// Whether all phases could be decoded; if not, nothing is said about their names.
    let phasesAreKnown: Bool

    /// - Returns: the fault and its word, or `nil` with a report.
    func decode(_ value: Value) -> (Fault, key: Value)? {
        guard let worded = WordedElement(value, words: Self.words, what: "a fault") else { return nil }
        var known = ["whom", "during", "after"]
        if worded.word == "crash" { known += ["data", "at"] }
        if ["delay", "skew"].contains(worded.word) { known.append("by") }
        if worded.word == "partition" { known.append("passes") }
        if !["disconnect", "skew"].contains(worded.word) { known += ["until", "for", "every"] }
        guard let fields = worded.fields(known: known, expected: "{ whom: …, during: … }"),
            let victim = victim(of: worded, fields), let action = action(of: worded, victim, fields),
            let phases = phases(fields)
        else { return nil }
        var fault = Fault(action, of: victim, during: phases.map(\.name), until: nil)
        fault.passes = fields["passes"]?.choice()
        fault.start = start(fields, in: phases.first)
        fault.isAtCommit = isAtCommit(fault, fields, in: phases)
        fault.end = end(of: worded.word, fault, fields, in: phases.last)
        fault.repetition = repetition(of: fault, fields)
        checkEnd(fault, fields)
        return (fault, worded.key)
    }

    private func victim(of worded: WordedElement, _ fields: Fields) -> Fault.Victim? {
        let canBeInstance = Self.wordsOfInstances.contains(worded.word)
        let canBeRedis = Self.wordsOfServer.contains(worded.word)
        let canBeOrigin = Self.wordsOfOrigin.contains(worded.word)
        let words =
            (canBeRedis ? ["redis"] : []) + (canBeOrigin ? ["origin"] : [])
            + (canBeInstance ? ["every instance", "instance 1"] : [])
        let expected = "one of \(words.joined(separator: ", "))" + (canBeInstance ? ", instance 2, …" : "")
        guard let value = fields.required("whom", expected), let text = value.text(expected) else { return nil }
        if text == "redis", canBeRedis { return .redis }
        if text == "origin", canBeOrigin {
            checkOrigin(value)
            return .origin
        }
        if text == "every instance", canBeInstance { return .everyInstance }
        if canBeInstance, text.hasPrefix("instance "), let number = Int(text.dropFirst("instance ".count)) {
            if (1...scenario.fewestInstances).contains(number) { return .instance(number - 1) }
            let place = scenario.variation.instances == nil ? "" : " in a variant"
            value.report(
                found: "instance \(number) of \(scenario.fewestInstances)\(place)",
                expected: "instance 1 to instance \(scenario.fewestInstances)")
            return nil
        }
        if text == "redis", canBeInstance {
            value.report(
                found: "a \(worded.word) of redis",
                expected: "\(expected): it is on their side of the connection")
        } else {
            value.reject(expected: expected, suggestion: NearestWord.suggestion(for: text, among: words))
        }
        return nil
    }

    /// Whoever opens the origin's file does not pass by what holds others up.
    private func checkOrigin(_ value: Value) {
        if scenario.cluster.placement == .processes {
            value.report(
                found: "a fault of origin with placement: processes, which open its file themselves",
                expected: "placement: tasks, or a fault of redis or of an instance")
        } else if let kind = scenario.cluster.provider {
            value.report(
                found: "a fault of origin with the provider \(kind.rawValue), which opens its file itself",
                expected: "no provider, or a fault of redis")
        }
    }

    private func action(of worded: WordedElement, _ victim: Fault.Victim, _ fields: Fields) -> Fault.Action? {
        switch worded.word {
        case "crash":
            guard victim == .redis else {
                guard let data = fields["data"] else { return .crash(nil) }
                data.report(
                    found: "data of \(victim == .origin ? "the origin" : "an instance") that crashes",
                    expected: victim == .origin
                        ? "no data: the rows of the origin are kept"
                        : "no data: its memory is lost, and the host's disk is kept")
                return nil
            }
            guard let remains: Fault.Remains = fields.required("data", "kept or lost")?.choice() else { return nil }
            return .crash(remains)
        case "pause": return .pause
        case "partition": return .partition
        case "disconnect": return .disconnect
        case "delay":
            return fields.required("by", Value.durationExpected)?.duration().map { .delay($0) }
        case "skew":
            checkClock(of: victim, fields)
            return fields.required("by", Value.durationExpected)?.duration().map { .skew($0) }
        case "eviction": return .eviction
        case "failover": return .failover
        case "hold": return .hold
        default: return .memoryPressure
        }
    }

    /// Instances of a host have its clock: one of them alone cannot be ahead.
    private func checkClock(of victim: Fault.Victim, _ fields: Fields) {
        guard case .instance(let number) = victim, scenario.mostInstances > scenario.cluster.hosts else { return }
        let host = scenario.cluster.host(ofInstance: number)
        let others = (0..<scenario.mostInstances).filter {
            $0 != number && scenario.cluster.host(ofInstance: $0) == host
        }
        guard let other = others.first else { return }
        fields["whom"]?.report(
            found: "a skew of \(victim), which shares the clock of its host with instance \(other + 1)",
            expected: "every instance, or as many hosts as instances")
    }

    // MARK: When

    private func phases(_ fields: Fields) -> [Phase]? {
        let expected = "the name of a phase, or of several that follow each other"
        guard let value = fields.required("during", expected), phasesAreKnown,
            let elements = value.listOrOne(of: "names of phases")
        else { return nil }
        var numbers: [Int] = []
        for element in elements {
            guard let name = element.text(expected) else { return nil }
            guard let number = scenario.phases.firstIndex(where: { $0.name == name }) else {
                let names = scenario.phases.map(\.name)
                element.report(
                    found: "the phase \(Value.quoted(name)), which is not declared", expected: Value.choice(names),
                    suggestion: NearestWord.suggestion(for: name, among: names))
                return nil
            }
            if let reason = scenario.phases[number].action.reasonForNoFault {
                element.report(found: "a fault during \(name), \(reason)", expected: expected)
                return nil
            }
            numbers.append(number)
        }
        guard zip(numbers, numbers.dropFirst()).allSatisfy({ $1 == $0 + 1 }) else {
            value.report(found: "phases that do not follow each other", expected: expected)
            return nil
        }
        return numbers.map { scenario.phases[$0] }
    }

    private func start(_ fields: Fields, in phase: Phase?) -> Double {
        guard let value = fields["after"] else { return 0 }
        if phase?.action.isWait == true {
            value.report(found: "a share of a wait", expected: "no after: it begins when the wait does")
        }
        guard let percent = value.percent() else { return 0 }
        if percent == 100 { value.reject(expected: "less than 100 %: afterwards nothing is left to go wrong") }
        return percent / 100
    }

    private static let commit = "commit"

    private func isAtCommit(_ fault: Fault, _ fields: Fields, in phases: [Phase]) -> Bool {
        let expected = "\(Self.commit): when the victim's next write is committed, and before anything that follows"
        guard let value = fields["at"], let word = value.text(expected) else { return false }
        guard word == Self.commit else {
            value.reject(expected: expected, suggestion: NearestWord.suggestion(for: word, among: [Self.commit]))
            return false
        }
        if fault.concernsServer {
            value.report(found: "a crash of redis at a commit", expected: "an instance: Redis commits nothing")
        }
        if fault.concernsOrigin {
            value.report(
                found: "a crash of origin at a commit",
                expected: "an instance, which dies between its commit and what follows")
        }
        for word in ["for", "until", "every"] {
            fields[word]?.report(found: "\(word) beside at", expected: "one of them: another takes its place at once")
        }
        if phases.count == 1, !phases[0].does(.writes) {
            value.report(
                found: "a crash at a commit during \(phases[0].name), which writes nothing",
                expected: "a phase with writes")
        }
        return true
    }

    private func end(of word: String, _ fault: Fault, _ fields: Fields, in phase: Phase?) -> Fault.End? {
        if let value = fields["for"] {
            if let until = fields["until"], fields["every"] == nil {
                until.report(found: "until beside for", expected: "one of until, for")
            }
            return .after(value.duration() ?? .seconds(1))
        }
        if let value = fields["until"] {
            if phase?.action.isWait == true {
                value.report(found: "a share of a wait", expected: "for: \(Value.durationExpected), or nothing")
            }
            let share = (value.percent() ?? 100) / 100
            if fault.phases.count == 1, share <= fault.start {
                value.reject(expected: "more than after, or it would be over before it began")
            }
            return .share(share)
        }
        // A crash is followed by a restart at once, unless it says when; what else lasts lasts to the end.
        return ["disconnect", "skew", "crash"].contains(word) ? nil : .share(1)
    }

    /// Each time is as long as `for` says; `until` is then the end of the beginnings.
    private func repetition(of fault: Fault, _ fields: Fields) -> Fault.Repetition? {
        guard let value = fields["every"] else { return nil }
        guard let interval = value.duration() else { return nil }
        guard case .after(let length) = fault.end else {
            value.report(found: "every without for", expected: "for: how long it lasts each time")
            return nil
        }
        if interval <= length { value.reject(expected: "longer than for, or it would never be over") }
        let until = fields["until"]?.percent().map { $0 / 100 } ?? 1
        if fault.phases.count == 1, until <= fault.start {
            fields["until"]?.reject(expected: "more than after, or it would be over before it began")
        }
        return Fault.Repetition(every: interval, until: until)
    }

    /// Who stands still brings about no share of operations.
    private func checkEnd(_ fault: Fault, _ fields: Fields) {
        if fault.concernsOrigin { return checkEndOfOrigin(fault, fields) }
        guard case .share = fault.end, fault.victim == .everyInstance || scenario.fewestInstances == 1,
            !fault.concernsServer
        else { return }
        switch fault.action {
        case .pause, .crash:
            guard let place = fields["until"] ?? fields["whom"] else { return }
            place.report(
                found: "\(fault) until operations are done that nobody is left to do",
                expected: "for: \(Value.durationExpected)")
        default: return
        }
    }

    private func checkEndOfOrigin(_ fault: Fault, _ fields: Fields) {
        guard let place = fields["until"] ?? fields["whom"] else { return }
        switch (fault.action, fault.end) {
        case (.crash, nil) where !fault.isAtCommit:
            place.report(
                found: "a \(fault) that is over at once, and so refuses nothing",
                expected: "for: \(Value.durationExpected), or until: a share of the operations")
        case (.pause, .share), (.hold, .share):
            place.report(
                found: "\(fault) until operations are done that may be waiting for it",
                expected: "for: \(Value.durationExpected)")
        default: return
        }
    }
}

extension Fault {
    /// The word for it in a file.
    var word: String {
        switch action {
        case .crash: "crash"
        case .pause: "pause"
        case .partition: "partition"
        case .disconnect: "disconnect"
        case .delay: "delay"
        case .skew: "skew"
        case .memoryPressure: "memory-pressure"
        case .eviction: "eviction"
        case .failover: "failover"
        case .hold: "hold"
        }
    }
}

extension Phase.Action {
    /// Why nothing may go wrong in it, if so.
    fileprivate var reasonForNoFault: String? {
        switch self {
        case .inspect: "where everything must have healed before it is looked at"
        case .sweep(let sweep) where sweep.operation == .warm: "which no worker's operations divide into shares"
        default: nil
        }
    }

    /// Whether nothing is done in it.
    package var isWait: Bool {
        if case .wait = self { true } else { false }
    }
}
