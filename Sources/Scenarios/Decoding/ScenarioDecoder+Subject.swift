import Foundation
import Yams

extension ScenarioDecoder {
    /// `subject: python3 adapter.py`, or a mapping.
    mutating func decodeSubject(_ value: Value?) {
        guard let value else {
            if isForSubject { scenario.subject = SubjectDeclaration(command: "") }
            return
        }
        let expected = "a command, such as python3 adapter.py, or a mapping with command, config, origin-delay"
        var declaration = SubjectDeclaration(command: "")
        if case .mapping = value.node {
            guard let fields = Fields(value, known: ["command", "config", "origin-delay"], expected: expected) else {
                return
            }
            let command =
                isForSubject ? fields["command"] : fields.required("command", "a command, such as python3 adapter.py")
            declaration.command = command?.text("a command") ?? ""
            if let config = fields["config"] { declaration.configuration = configuration(config) }
            if let delay = fields["origin-delay"]?.duration() { declaration.originDelay = delay }
        } else {
            declaration.command = value.text(expected) ?? ""
        }
        declaration.folder = URL(filePath: scenario.file).deletingLastPathComponent().path
        scenario.subject = declaration
    }

    /// Names with scalars. What they mean is the adapter's business.
    private func configuration(_ value: Value) -> [String: String] {
        guard case .mapping(let mapping) = value.node else {
            value.reject(expected: "a mapping of names to texts and numbers")
            return [:]
        }
        var configuration: [String: String] = [:]
        for (key, node) in mapping {
            let element = Value(
                node: node, subject: "\(value.subject).\(key.scalar?.string ?? "")", context: value.context)
            guard let name = key.scalar?.string, let text = element.textIfAny else {
                element.reject(expected: "a text or a number")
                continue
            }
            configuration[name] = text
        }
        return configuration
    }

    /// What only the reference cache can do, or be.
    mutating func checkSubject(_ root: Fields) {
        guard scenario.subject != nil else { return }
        if root["worlds"] == nil, !isForSubject {
            scenario.worlds = [.live]
        } else if !isForSubject, scenario.worlds != [.live], let worlds = root["worlds"] {
            worlds.report(
                found: "a subject in the simulated world", expected: "worlds: live, for a subject is a process")
        }
        if let cluster = root["cluster"].flatMap({ Fields(silently: $0) }) {
            for word in ["placement", "provider", "manager", "bus", "bus-length", "application"] {
                cluster[word]?.report(
                    found: "\(word) with a subject", expected: "no \(word): it is a choice of the reference cache")
            }
        }
        if let data = scenario.data.first(where: { !$0.records.isEmpty }), let place = root["data"] {
            place.report(found: "the records of \(data.name) with a subject", expected: "data without records")
        }
        for fault in scenario.faults {
            if case .skew = fault.action, let faults = root["faults"] {
                faults.report(
                    found: "a \(fault) with a subject", expected: "a fault of Redis, of the way to it or of a process")
            }
        }
    }
}
