import History
import Judging

/// The drawing of a timeline: a lane for each worker, instance and layer, a column for each step.
struct TimelineDrawing {
    private let timeline: ViolationTimeline
    private let id: String
    private let cursor: Int
    private let lanes: [Lane]
    private let height: Double

    private struct Lane {
        let place: TimelinePlace?
        /// The name of a group of lanes, or of a lane.
        let name: String
        let top: Double
        let height: Double
    }

    /// The width of a step: of few steps each is wider.
    private var column: Double { min(96, max(26, 820 / Double(max(1, timeline.steps.count)))) }
    /// How far an operation reaches beyond its first and its last step.
    private var pad: Double { min(43, column / 2 - 5) }
    private static let margin = 30.0
    private static let axisHeight = 24.0

    init(_ timeline: ViolationTimeline, id: String, cursor: Int) {
        self.timeline = timeline
        self.id = id
        self.cursor = cursor
        var lanes: [Lane] = []
        var top = Self.axisHeight
        func add(_ place: TimelinePlace?, _ name: String, _ height: Double) {
            lanes.append(Lane(place: place, name: name, top: top, height: height))
            top += height
        }
        if !timeline.faults.isEmpty { add(nil, "faults", 22) }
        var group = ""
        for place in timeline.places {
            let name = place.group.isEmpty ? "shared" : place.group
            if name != group { add(nil, name, 20) }
            group = name
            add(place, place.name, place.isLayer ? 22 : 32)
        }
        self.lanes = lanes
        height = top + 6
    }

    /// The layers that are told of, in the order of their lanes.
    static func layers(of timeline: ViolationTimeline) -> [TimelinePlace] { timeline.places.filter(\.isLayer) }

    func x(ofStep step: Int) -> Double { Self.margin + pad / 2 + Double(step) * column }

    private var width: Double { Self.margin * 2 + pad + Double(max(0, timeline.steps.count - 1)) * column + 40 }

    var markup: Markup {
        let names = lanes.map { lane -> Markup in
            let isGroup = lane.place == nil
            return #"<div class="\#(isGroup ? "group" : "lane")" style="height:\#(lane.height)px">\#(lane.name)</div>"#
        }
        return """
            <div class="drawing" tabindex="0" role="group" \
            aria-label="Drawing of the timeline; the left and right arrow keys step through it">
            <div class="names" aria-hidden="true"><div style="height:\(Self.axisHeight)px"></div>\(names)</div>
            <svg width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" role="img" aria-label="\(summary)">
            \(faults)
            \(grid)
            \(axis)
            <g class="cursor" transform="translate(\(x(ofStep: cursor)) 0)"><rect x="-11" y="0" width="22" \
            height="\(height)"/><line y1="0" y2="\(height)"/></g>
            \(timeline.holdings.map(band))
            \(timeline.deeds.map(deed))
            </svg>
            </div>
            """
    }

    private var summary: String {
        let proof = timeline.deeds.filter { $0.number != nil }.map { "\($0.place.title) \($0.text)" }
        return "Timeline of \(timeline.steps.count) steps in \(timeline.places.count) lanes. "
            + "Proving operations: \(proof.prefix(8).joined(separator: "; ")). The steps follow in words."
    }

    private var grid: Markup {
        let lines = lanes.map { lane -> Markup in
            """
            <line class="\(lane.place == nil ? "group-line" : "lane-line")" x1="0" x2="\(width)" y1="\(lane.top)" \
            y2="\(lane.top)"/>
            """
        }
        return Markup(lines)
    }

    /// Times at some of the steps, as many as there is room for.
    private var axis: Markup {
        let shown = stride(from: 0, to: timeline.steps.count, by: column < 60 ? 3 : 1).map { step -> Markup in
            """
            <line class="tick-line" x1="\(x(ofStep: step))" x2="\(x(ofStep: step))" y1="18" y2="\(height)"/>\
            <text class="tick" x="\(x(ofStep: step) - 6)" y="13">\(Shown.moment(timeline.steps[step].time))</text>
            """
        }
        return Markup(shown)
    }

    private var faults: Markup {
        guard let lane = lanes.first(where: { $0.name == "faults" }) else { return "" }
        return Markup(
            timeline.faults.map { fault in
                let (from, to) = (x(ofStep: fault.first) - 10, x(ofStep: fault.last) + 10)
                return """
                    <g><title>\(fault.name)</title><rect class="fault" x="\(from)" y="\(lane.top)" \
                    width="\(to - from)" height="\(height - lane.top)"/>\
                    <text class="fault-name" x="\(from + 4)" y="\(lane.top + 15)">\
                    \(TimeAxis.fitted(fault.name, max(4, Int((to - from) / 6.2))))</text></g>
                    """
            })
    }

    private func lane(of place: TimelinePlace) -> Lane? { lanes.first { $0.place == place } }

    /// What a layer holds, for as long as it holds it.
    private func band(_ holding: ViolationTimeline.Holding) -> Markup {
        guard let lane = lane(of: holding.place) else { return "" }
        let from = holding.first == 0 ? 0 : x(ofStep: holding.first)
        let to = holding.end >= timeline.steps.count ? width - 4 : x(ofStep: holding.end) - 2
        let title: Markup =
            "<title>\(holding.place.title): \(holding.content.text) (\(holding.evidence))</title>"
        let middle = lane.top + lane.height / 2
        guard holding.content != .nothing else {
            return #"<g>\#(title)<line class="empty" x1="\#(from)" x2="\#(to)" y1="\#(middle)" y2="\#(middle)"/></g>"#
        }
        let kind = holding.place == .origin ? "truth" : holding.content.isStale ? "old" : "held"
        let room = Int((to - from - 6) / 6.6)
        let label = Self.label(holding.content)
        let text: Markup =
            room >= label.count
            ? #"<text x="\#(from + 5)" y="\#(middle + 4)">\#(label)</text>"# : ""
        return """
            <g class="band \(kind)">\(title)<rect x="\(from)" y="\(lane.top + 3)" width="\(max(2, to - from))" \
            height="\(lane.height - 6)" rx="3"/>\(text)</g>
            """
    }

    private static func label(_ content: LayerContent) -> String {
        switch content {
        case .version(let version, let isTombstone, let newer):
            (isTombstone ? "deleted v\(version)" : "v\(version)") + (newer == nil ? "" : " old")
        case .value(let value): "\(value)"
        case .nothing: ""
        }
    }

    /// An operation, from its beginning to its end.
    private func deed(_ deed: ViolationTimeline.Deed) -> Markup {
        guard let lane = lane(of: deed.place) else { return "" }
        let operation = deed.operation
        let title: Markup = "<title>\(deed.place.title) \(deed.text)</title>"
        let classes =
            "deed k-\(operation.kind)\(deed.number == nil ? "" : " proof")"
            + "\(operation.outcome == .ok ? "" : " trouble")"
        let (from, to) = (x(ofStep: deed.first) - pad, deed.isOpen ? width - 4 : x(ofStep: deed.last) + pad)
        switch operation.kind {
        case .read, .write, .delete, .compareAndSet, .invalidate, .invalidateTag:
            let left = deed.number == nil ? 4.5 : 10
            let room = Int((to - from - left - 2) / 6.4)
            let whole = Self.label(operation)
            let label =
                room >= 4 ? TimeAxis.fitted(whole, room) : deed.number == nil ? whole.prefix(1).uppercased() : ""
            return """
                <g class="\(classes)">\(title)<rect x="\(from)" y="\(lane.top + 4)" width="\(to - from)" height="16" \
                rx="4"/><text x="\(from + left)" y="\(lane.top + 16)">\(label)</text>\(badge(deed, from, lane.top + 4))</g>
                """
        case .load, .fill:
            return """
                <g class="\(classes)">\(title)<rect x="\(from + pad / 2)" y="\(lane.top + 23)" width="\(to - from - pad)" \
                height="6" rx="3"/>\(badge(deed, from, lane.top + 22))</g>
                """
        default:
            let (middle, y) = ((from + to) / 2, lane.top + lane.height / 2)
            return """
                <g class="\(classes)">\(title)<path d="M\(middle) \(y - 7)l7 7-7 7-7-7z"/>\
                \(badge(deed, middle - 6, y - 6))</g>
                """
        }
    }

    /// The number of an operation of the proof.
    private func badge(_ deed: ViolationTimeline.Deed, _ x: Double, _ y: Double) -> Markup {
        guard let number = deed.number else { return "" }
        return """
            <circle class="number" cx="\(x)" cy="\(y)" r="7.5"/>\
            <text class="number" x="\(x)" y="\(y + 3.6)">\(number)</text>
            """
    }

    private static func label(_ operation: Operation) -> String {
        let content =
            switch LayerContent(operation) {
            case .version(let version, _, _): " v\(version)"
            case .value(let value): " \(value)"
            case .nothing: ""
            }
        return switch operation.kind {
        case .read: "read\(content)"
        case .write: "write\(content)"
        case .delete: "delete\(content)"
        case .compareAndSet: "cas\(content)"
        default: "invalidate"
        }
    }

    /// What the marks of the drawing mean.
    static let legend: Markup = """
        <ul class="legend"><li><span class="key proof"></span>proves the violation</li>\
        <li><span class="key op-read"></span>read</li><li><span class="key op-write"></span>write, deletion</li>\
        <li><span class="key op-inner"></span>load, fill</li><li><span class="key op-apply"></span>invalidation applied, \
        eviction</li><li><span class="key held"></span>what a layer holds</li>\
        <li><span class="key old"></span>older than what was written</li></ul>
        """
}
