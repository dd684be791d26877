/// The events of a run in order: the steps of tasks, the points that they passed, their notes, and each change of the
/// time.
///
/// The description has a line for each stretch in which one task ran.
public struct SimulationTrace: Sendable {
    package enum Event {
        case step(task: Int)
        case point(task: Int, label: Int, isStop: Bool)
        case note(task: Int, label: Int, value: Int)
        case time(nanoseconds: Int64)
    }

    private let events: [UInt64]
    private let labels: [LabelTable.Label]
    private let names: [String?]
    /// The hash of the events. It is equal for the same schedule of the same program, in every process and build.
    ///
    /// Two different traces have the same hash with a probability of about 2⁻⁶⁴. The hash does not include names of
    /// tasks.
    public let hash: UInt64

    init(events: [UInt64], labels: [LabelTable.Label], names: [String?]) {
        self.events = events
        self.labels = labels
        self.names = names
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ word: UInt64) {
            state = (state ^ word) &* 0x9FB2_1C65_1E98_DF25
            state ^= state >> 32
        }
        var index = 0
        while index < events.count {
            let word = events[index]
            let hasLabel = word & 3 == 1 || word & 3 == 2
            mix(word & 0x3_FFFF_FFFF ^ (hasLabel ? labels[Int(word >> 34)].hash : 0))
            if word & 3 >= 2 {
                index += 1
                mix(events[index])
            }
            index += 1
        }
        hash = state
    }

    /// The name of each task; the index is the number of the task.
    public var taskNames: [String] { names.indices.map { names[$0] ?? Self.name(ofNamelessTask: $0) } }

    static func name(ofNamelessTask task: Int) -> String { "task \(task)" }

    package func forEach(_ body: (Event) -> Void) {
        var index = 0
        while index < events.count {
            let word = events[index]
            let task = Int(word >> 2 & 0x7FFF_FFFF)
            switch word & 3 {
            case 0: body(.step(task: task))
            case 1:
                let isStop = word & TraceRecorder.stoppedBit != 0
                body(.point(task: task, label: Int(word >> 34), isStop: isStop))
            case 2: body(.note(task: task, label: Int(word >> 34), value: Int(Int64(bitPattern: events[index + 1]))))
            default: body(.time(nanoseconds: Int64(bitPattern: events[index + 1])))
            }
            index += word & 3 >= 2 ? 2 : 1
        }
    }

    var preemptions: Int {
        var count = 0
        forEach { if case .point(_, _, isStop: true) = $0 { count += 1 } }
        return count
    }

    package func text(ofLabel label: Int) -> String { labels[label].text }
}

extension SimulationTrace: CustomStringConvertible {
    /// The run as text: one line for each stretch in which one task ran.
    public var description: String { Story(self).description }
}
