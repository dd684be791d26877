/// The text of a trace: one line for each stretch in which one task ran, with the points behind which it continued.
///
/// A point at which the task stopped has the position at which the task continued, because the code behind the point
/// ran then.
struct Story: CustomStringConvertible {
    private struct Line {
        let time: Int64
        let task: Int
        var happenings: [String] = []
    }

    private var lines: [Line] = []
    private let names: [String]

    init(_ trace: SimulationTrace) {
        names = trace.taskNames
        var time: Int64 = 0
        var lines: [Line] = []
        func line(of task: Int) -> Int {
            if lines.last?.task != task { lines.append(Line(time: time, task: task)) }
            return lines.count - 1
        }
        trace.forEachHappening { happening in
            switch happening {
            case .ran(let task): _ = line(of: task)
            case .passed(let task, let label): lines[line(of: task)].happenings.append(trace.text(ofLabel: label))
            case .noted(let task, let label, let value):
                lines[line(of: task)].happenings.append("\(trace.text(ofLabel: label)) = \(value)")
            case .time(let nanoseconds): time = nanoseconds
            }
        }
        self.lines = lines
    }

    var description: String {
        let width = names.map(\.count).max() ?? 0
        var shown: Int64 = 0
        return lines.enumerated().map { index, line in
            let number = String(index + 1)
            let name = names[line.task]
            var text = String(repeating: " ", count: max(0, 4 - number.count)) + number + ". " + name
            if !line.happenings.isEmpty {
                text += String(repeating: " ", count: width - name.count + 2) + line.happenings.joined(separator: ", ")
            }
            if line.time != shown { text += "  (at \(Duration.nanoseconds(line.time)))" }
            shown = line.time
            return text
        }.joined(separator: "\n")
    }
}
