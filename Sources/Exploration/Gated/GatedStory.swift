import GatedWorld

extension RunStory {
    /// A gated run in the cache's own commands: a line for each stretch in which one task went on.
    init(_ run: GatedRun) {
        var lines: [Line] = []
        var isQuiet = false
        func tell(_ task: String, _ deed: String) { lines.tell(deed, by: Self.actor(task)) }
        for event in run.events {
            switch event {
            case .step(let message) where !isQuiet: tell(message.task, message.words)
            // What each instance reads at the end is told by what it found.
            case .step(let message): if message.kind == .operation { tell(message.task, message.words) }
            case .ended(let task, let words): tell(task, "\u{21D2} \(words)")
            case .quiet:
                isQuiet = true
                if run.stuck == nil { lines.append(Line(actor: "all is quiet", deeds: [])) }
            }
        }
        self.init(lines: lines)
    }

    /// `instance 1, worker 0`, of `0.0`: people count instances from 1.
    private static func actor(_ task: String) -> String {
        if task == "fault" { return "a fault" }
        let parts = task.split(separator: ".")
        guard let instance = parts.first.flatMap({ Int($0) }) else { return task }
        return parts.count > 1 ? "instance \(instance + 1), worker \(parts[1])" : "instance \(instance + 1)"
    }
}
