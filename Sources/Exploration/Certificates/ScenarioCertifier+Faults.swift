import Scenarios

extension Scenario {
    /// Why not every schedule can be visited with the faults that are declared; `nil` if it can.
    var reasonForNoCertificate: String? {
        guard let fault = faults.first else { return nil }
        guard faults.count == 1 else {
            return "found \(faults.count) faults; expected one, or none, since a certificate is one of a single fault"
        }
        if let reason = fault.reasonForNoCertificate {
            return "found \(fault); expected another kind of fault: \(reason)"
        }
        let scripts = phases.filter(\.isExplored).map(\.name)
        guard fault.phases.count == 1, scripts.contains(fault.phases[0]) else {
            return "found \(fault) during \(fault.phases.joined(separator: ", ")); expected one phase script, "
                + "\(scripts.joined(separator: " or ")), since every moment of it is tried"
        }
        return nil
    }
}

extension Fault {
    /// Why its moments cannot all be tried, if so.
    fileprivate var reasonForNoCertificate: String? {
        if concernsOrigin {
            return "when a load or a commit is answered is tried without it, and that it is refused is not told"
        }
        if isAtCommit { return "without the word at it strikes at every moment, and so at every commit" }
        return switch action {
        case .delay: "it decides by time who comes first, and every order that it can bring about is visited without it"
        case .eviction: "which key goes is left to chance"
        case .failover: "it is not told what a replica that lags has to do with each step"
        case .hold: nil
        case .crash, .pause, .partition, .disconnect, .skew, .memoryPressure:
            repetition == nil ? nil : "it happens once in a certificate"
        }
    }

    /// What of a fault a certificate covers: `disconnection of instance 2, at any moment of race`.
    var coverage: String {
        let beginning = "\(self), at any moment of \(phases.joined(separator: ", "))"
        return switch end {
        case nil: isCrash ? "\(beginning), and back at once" : beginning
        case .share: "\(beginning), until any later one"
        case .after(let time):
            "\(beginning), for \(Quantity(time / .nanoseconds(1), .nanoseconds))"
        }
    }
}
