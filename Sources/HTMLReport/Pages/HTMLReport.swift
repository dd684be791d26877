import Exploration
import Judging
import Reporting

/// Reports as pages: each is one file that needs nothing else, of 5 MB at most.
///
/// Pure: what a page says is decided by what it is given. Text from outside is escaped.
public struct HTMLReport: Sendable {
    private let nonce: String

    /// - Parameter nonce: a word that nobody can know before, which marks the page's own script; letters and digits.
    public init(nonce: String = HTMLReport.randomNonce()) {
        self.nonce = nonce.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    /// A word that nobody knows before.
    public static func randomNonce() -> String {
        (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }

    /// What one command came to.
    public func page(of content: ReportContent) -> String {
        switch content {
        case .run(let report): page(of: report)
        case .exploration(let report): page(of: report)
        case .histories(let report): page(of: report)
        }
    }

    /// What came of running scenarios.
    public func page(of report: Report) -> String {
        RunPage(report).page(nonce: nonce)
    }

    /// What came of exploring scenarios.
    public func page(of report: ExplorationReport) -> String {
        ExplorationPage(report).page(nonce: nonce)
    }

    /// What the checks say about recorded histories.
    public func page(of report: HistoryReport) -> String {
        HistoryPage(report).page(nonce: nonce)
    }
}

extension ReportFormat {
    /// A page for people, with charts and timelines.
    public static let html = ReportFormat(
        name: "html", meaning: "a page with charts, and a timeline of each violation"
    ) { HTMLReport().page(of: $0) }
}
