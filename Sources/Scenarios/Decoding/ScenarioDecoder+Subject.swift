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

    /// `requires: [invalidateTag, L1, acknowledged]`, or one word.
    mutating func decodeRequirements(_ value: Value?) {
        guard let value, let elements = value.listOrOne(of: "what a subject must offer, such as [invalidateTag]") else {
            return
        }
        scenario.requirements = uniqueTexts(elements) { $0.word(of: Requirement.words) }
            .compactMap { Requirement($0) }
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
        // Said at all, and be it the usual choice: a subject makes none.
        let cluster = root["cluster"].flatMap { Fields(silently: $0) }
        for choice in SubjectLimit.choices {
            guard let place = cluster?[choice.word] else { continue }
            place.report(SubjectLimit.choice(choice.word))
        }
        for limit in scenario.limitsOfDataAndFaults {
            switch limit.place {
            case .cluster: continue
            case .data: root["data"]?.report(limit)
            case .faults: root["faults"]?.report(limit)
            }
        }
    }
}

extension Value {
    fileprivate func report(_ limit: SubjectLimit) {
        report(found: "\(limit.found) with a subject", expected: limit.expected)
    }
}
