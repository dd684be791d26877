import Foundation
import Judging

/// A logarithmic scale of nanoseconds, from one power of ten to another.
struct LogScale {
    private let low: Double
    private let high: Double
    private let range: (Double, Double)

    /// - Parameters:
    ///   - values: those that must have a place; what is not above 0 has that of the least.
    ///   - range: where the scale begins and ends on the page.
    init(_ values: [Double], range: (Double, Double)) {
        let shown = values.filter { $0 > 0 }
        low = (shown.min().map { log10(max($0, 1)) } ?? 0).rounded(.down)
        let top = (shown.max().map { log10(max($0, 1)) } ?? 1).rounded(.up)
        high = max(top, low + 1)
        self.range = range
    }

    func place(_ value: Double) -> Double {
        let share = value > 0 ? (log10(max(value, 1)) - low) / (high - low) : 0
        return range.0 + min(max(share, 0), 1) * (range.1 - range.0)
    }

    /// The powers of ten, at most about six of them.
    var ticks: [(place: Double, label: String)] {
        let step = max(1, Int(((high - low) / 5).rounded(.up)))
        return stride(from: Int(low), through: Int(high), by: step).map { power in
            let value = pow(10, Double(power))
            return (place(value), Shown.time(value))
        }
    }

    /// Bounds of classes, eight in each power of ten.
    var bounds: [Double] {
        let count = Int(high - low) * 8
        return (0...count).map { pow(10, low + Double($0) / 8) }
    }
}

/// The time of a run from left to right, with its phases and faults.
struct TimeAxis {
    let course: RunCourse
    /// When the violations that are told end, in nanoseconds from the beginning.
    var violations: [Int64] = []
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double

    func x(_ time: Int64) -> Double {
        left + Double(time) / Double(course.duration) * (right - left)
    }

    /// The middle of a part of the time.
    func x(part: Int, of count: Int) -> Double { left + (Double(part) + 0.5) / Double(count) * (right - left) }

    /// Phases as bands with their names, faults hatched, and the times of both ends.
    var background: Markup {
        let bands = course.phases.prefix(40).enumerated().map { index, phase -> Markup in
            let (from, to) = (x(phase.start), x(phase.end))
            let room = Int((to - from) / 6.4)
            let name: Markup =
                room >= 3
                ? #"<text class="phase-name" x="\#(from + 3)" y="\#(top - 5)">\#(Self.fitted(phase.name, room))</text>"#
                : ""
            return """
                <g><title>phase \(phase.name): \(Shown.time(Double(phase.start))) to \(Shown.time(Double(phase.end)))\
                </title><rect class="phase p\(index % 2)" x="\(from)" y="\(top - 16)" width="\(max(to - from, 0.5))" \
                height="\(bottom - top + 16)"/>\(name)</g>
                """
        }
        let faults = course.faults.prefix(40).map { fault -> Markup in
            let (from, to) = (x(fault.start), x(fault.end))
            return """
                <g><title>\(fault.name): \(Shown.time(Double(fault.start))) to \(Shown.time(Double(fault.end)))</title>\
                <rect class="fault" x="\(from)" y="\(top)" width="\(max(to - from, 2))" height="\(bottom - top)"/></g>
                """
        }
        let marks = violations.prefix(60).filter { 0 <= $0 && $0 <= course.duration }.map { time -> Markup in
            """
            <path class="violation-mark" d="M\(x(time)) \(top + 1)l-4-8h8z"><title>a violation at \
            \(Shown.time(Double(time)))</title></path>
            """
        }
        return """
            \(bands)
            \(faults)
            \(marks)
            <text class="tick" x="\(left)" y="\(bottom + 14)">0</text>
            <text class="tick end" x="\(right)" y="\(bottom + 14)">\(Shown.time(Double(course.duration)))</text>
            """
    }

    /// As much of a name as there is room for.
    static func fitted(_ name: String, _ room: Int) -> String {
        name.count <= room ? name : String(name.prefix(max(1, room - 1))) + "…"
    }
}
