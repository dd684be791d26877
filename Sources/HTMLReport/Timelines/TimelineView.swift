import History
import Judging
import Reporting

/// A timeline of a violation: a drawing, what each layer holds at the step under the cursor, and the steps in words.
struct TimelineView {
    private let timeline: ViolationTimeline
    private let id: String

    init(_ timeline: ViolationTimeline, id: String) {
        self.timeline = timeline
        self.id = id
    }

    /// Where the cursor is at first: where the last operation of the proof ends.
    private var start: Int {
        timeline.deeds.filter { $0.number != nil }.map(\.last).max() ?? max(0, timeline.steps.count - 1)
    }

    var markup: Markup {
        guard !timeline.steps.isEmpty else { return "" }
        let drawing = TimelineDrawing(timeline, id: id, cursor: start)
        let omitted: Markup =
            timeline.omitted > 0
            ? #"<p class="more">\#(Figures.count(timeline.omitted)) other operations of that time are left out.</p>"#
            : ""
        let subject = timeline.key.map { " of \($0)" } ?? ""
        return """
            <div class="timeline" id="\(id)" data-start="\(start)">
            <div class="player" hidden role="group" aria-label="Steps\(subject)">
            <button type="button" class="step-back" aria-label="One step back">◀</button>
            <input type="range" min="1" max="\(timeline.steps.count)" value="\(start + 1)" step="1" \
            aria-label="Step of the timeline\(subject)">
            <button type="button" class="step-on" aria-label="One step on">▶</button>
            <output class="place">\(start + 1) / \(timeline.steps.count)</output>
            </div>
            <p class="now" aria-live="polite"><span class="moment">\(Shown.moment(timeline.steps[start].time))</span> \
            \(who(start)) <span class="what">\(timeline.steps[start].text)</span></p>
            \(drawing.markup)
            \(TimelineDrawing.legend)
            <div class="pair beside">
            <div class="held"><h5>What each layer holds at this step</h5>
            \(held)</div>
            <div class="told"><h5>Step by step</h5>
            \(steps)\(omitted)</div>
            </div>
            \(Tables.details("What layers held, as a table", holdings))
            \(EmbeddedJSON.element(TimelineDocument(timeline, drawing), id: "\(id)-data"))
            </div>
            """
    }

    private func who(_ step: Int) -> Markup {
        #"<span class="who">\#(timeline.steps[step].place?.title ?? "fault")</span>"#
    }

    private var layers: [TimelinePlace] { TimelineDrawing.layers(of: timeline) }

    private var held: Markup {
        guard !layers.isEmpty else { return "<p>The violation is not about what layers hold.</p>" }
        let rows = layers.map { place -> Markup in
            let holding = timeline.holdings.last { $0.place == place && $0.first <= start && start < $0.end }
            let mark: Markup = holding?.content.isStale == true ? #" class="stale""# : ""
            return """
                <tr\(mark)><th scope="row">\(place.title)</th>\
                <td>\(holding?.content.text ?? "not known")</td><td class="note">\(holding?.evidence ?? "")</td></tr>
                """
        }
        return """
            <div class="scroll" tabindex="0" role="group" aria-label="What each layer holds"><table class="holds">\
            <thead class="unseen"><tr><th scope="col">Layer</th><th scope="col">Holds</th><th scope="col">How that is \
            known</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private var steps: Markup {
        let items = timeline.steps.enumerated().map { index, step -> Markup in
            let number = step.deed.flatMap { timeline.deeds[$0].number }
            let mark: Markup = number.map { #" <b class="proof-number">\#($0)</b>"# } ?? ""
            let attribute: Markup = number == nil ? "" : #" class="proof""#
            return """
                <li\(attribute)><span class="moment">\(Shown.moment(step.time))</span> \
                \(who(index)) <span class="what">\(step.text)</span>\(mark)</li>
                """
        }
        return #"<ol class="steps" tabindex="0" aria-label="Steps of the timeline">\#(items)</ol>"#
    }

    private var holdings: Markup {
        let rows = timeline.holdings.map { holding -> [Markup] in
            [
                "\(holding.place.title)", "\(holding.first + 1)",
                "\(holding.end >= timeline.steps.count ? "the end" : "\(holding.end + 1)")", "\(holding.content.text)",
                "\(holding.evidence)",
            ]
        }
        return Tables.table(
            "What layers held",
            [.text("Layer"), .number("From step"), .number("Until step"), .text("Held"), .text("How that is known")],
            rows, most: 400)
    }
}

/// What the script needs to know of a timeline.
struct TimelineDocument: Encodable {
    struct Holding: Encodable {
        /// Which of the layers.
        let place: Int
        let first: Int
        let end: Int
        let text: String
        let evidence: String
        let stale: Bool
    }

    /// Where the cursor stands at each step.
    let cursor: [Double]
    let holdings: [Holding]

    init(_ timeline: ViolationTimeline, _ drawing: TimelineDrawing) {
        cursor = timeline.steps.indices.map { drawing.x(ofStep: $0) }
        let layers = TimelineDrawing.layers(of: timeline)
        holdings = timeline.holdings.compactMap { holding in
            layers.firstIndex(of: holding.place).map { place in
                Holding(
                    place: place, first: holding.first, end: holding.end,
                    text: HTMLText.cut(holding.content.text.printable, at: 200),
                    evidence: HTMLText.cut(holding.evidence.printable, at: 200), stale: holding.content.isStale)
            }
        }
    }
}
