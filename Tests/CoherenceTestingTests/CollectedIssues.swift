import Support
import Testing

/// What a test of a test recorded.
struct CollectedIssue: Sendable {
    let comment: String
    let isError: Bool
    let file: String
    let line: Int

    init(_ issue: Issue) {
        comment = issue.comments.map(\.rawValue).joined(separator: "\n")
        isError = issue.severity == .error
        file = issue.sourceLocation?.fileName ?? ""
        line = issue.sourceLocation?.line ?? 0
    }

    /// Runs a body whose issues are what is expected of it.
    static func all(of body: () async throws -> Void) async rethrows -> [CollectedIssue] {
        let issues = Collection()
        try await withKnownIssue(isIntermittent: true) {
            try await body()
        } matching: { issue in
            issues.add(CollectedIssue(issue))
            return true
        }
        return issues.all
    }

    private final class Collection: Sendable {
        private let issues = Lock<[CollectedIssue]>([])

        var all: [CollectedIssue] { issues.withLock { $0 } }
        func add(_ issue: CollectedIssue) { issues.withLock { $0.append(issue) } }
    }
}
