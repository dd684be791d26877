/// The first commands of a connection, and the interpretation of their replies. A pure value.
struct Handshake {
    let commands: [RedisCommand]
    private let endpoint: RedisEndpoint
    private let password: String?

    init(_ configuration: RedisConfiguration) {
        var commands: [RedisCommand] = []
        if let password = configuration.password {
            commands.append(RedisCommand(parts: ["AUTH"] + (configuration.username.map { [$0] } ?? []) + [password]))
        }
        if let name = configuration.clientName { commands.append(RedisCommand("CLIENT", "SETNAME", name)) }
        if configuration.database != 0 { commands.append(RedisCommand("SELECT", String(configuration.database))) }
        // A server that hangs still accepts connections. Only a reply shows that it works.
        commands.append(RedisCommand("PING"))
        self.commands = commands
        endpoint = configuration.endpoint
        password = configuration.password
    }

    /// Removes the password from a reply: a server without AUTH may repeat the arguments.
    private func withoutPassword(_ reply: RedisValue, to command: RedisCommand) -> RedisValue {
        guard command.name == "AUTH", let password, !password.isEmpty, case .error(let line) = reply else {
            return reply
        }
        return .error(line.replacing(password, with: "…"))
    }

    /// The error that makes the connection unusable, or `nil`.
    func failure(in replies: [RedisValue]) -> RedisError? {
        for (command, reply) in zip(commands, replies) {
            let name = command.name
            guard case .error(let line) = withoutPassword(reply, to: command) else {
                if name != "PING" || reply.string == "PONG" { continue }
                return RedisError(
                    .protocolError, "the server at this address is not Redis", endpoint: endpoint,
                    underlying: "it answers PING with \(reply)")
            }
            if name == "AUTH" || line.hasPrefix("NOAUTH") || line.hasPrefix("WRONGPASS") {
                return RedisError(
                    .authenticationFailed, "the server refused \(name)", endpoint: endpoint, underlying: line)
            }
            // The password was correct, and the user lacks a right.
            if line.hasPrefix("NOPERM") {
                return RedisError(
                    .serverError, line, endpoint: endpoint, underlying: "in answer to \(subject(of: command))")
            }
            if line.hasPrefix("LOADING") || line.hasPrefix("ERR max number of clients") {
                return RedisError(
                    .connectFailed, "the server takes no connections yet", endpoint: endpoint, underlying: line)
            }
            // A busy or read-only server still answers. Only the configured commands must have worked.
            if name != "PING" {
                return RedisError(
                    .serverError, line, endpoint: endpoint,
                    underlying: "in answer to \(subject(of: command)) while connecting")
            }
        }
        return nil
    }

    /// The name of the command, with its subcommand if there is one.
    private func subject(of command: RedisCommand) -> String {
        command.name == "CLIENT" ? "CLIENT SETNAME" : command.name
    }
}
