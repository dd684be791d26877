import ArgumentParser
import Scenarios

/// How long a key may outlive a run that is killed, as an option gives it: from a second to thirty days.
struct KeyLifetime: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = Duration(text: argument), (.seconds(1)...(.seconds(30 * 86_400))).contains(duration) else {
            return nil
        }
        self.duration = duration
    }

    /// - Throws: if it is given and there is no server that it is about.
    static func check(_ lifetime: KeyLifetime?, redis: String?) throws {
        if lifetime != nil, redis == nil {
            throw ValidationError(
                "--key-lifetime: found it without --redis; expected both, as a server of the run's own ends with the run"
            )
        }
    }

    static let help = ArgumentHelp(
        "On a server that --redis names: how long a key may outlive a run that is killed, as 60s, from 1s to 720h. Without it: the time that the run may take, and 120 s.",
        valueName: "time")
}
