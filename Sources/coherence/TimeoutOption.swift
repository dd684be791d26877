import ArgumentParser
import Scenarios

/// How long one run may take.
struct TimeoutOption: ParsableArguments {
    @Option(
        name: .customLong("timeout"),
        help: ArgumentHelp(
            """
            How long one run of a variant may take, as 90s or 10m, before it is ended as unknown. Without it: five times \
            what its phases should take, and 30 s.
            """, valueName: "time"))
    private var text: String?

    /// `nil` if none is given.
    var duration: Duration? { text.flatMap { Duration(text: $0) } }

    func validate() throws {
        guard let text else { return }
        guard let duration, duration > .zero else {
            throw ValidationError("--timeout takes a duration such as 90s, not \(text)")
        }
    }
}
