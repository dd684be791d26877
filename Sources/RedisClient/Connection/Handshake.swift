/// What a new connection says first, and what the answers mean. Pure.
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
        // A hanging server still accepts connections; only an answer shows that it is alive.
        commands.append(RedisCommand("PING"))
        self.commands = commands
        endpoint = configuration.endpoint
        password = configuration.password
    }

    /// A server that does not know AUTH may repeat its arguments.
    private func withoutPassword(_ reply: RedisValue, to command: RedisCommand) -> RedisValue {
        guard command.name == "AUTH", let password, !password.isEmpty, case .error(let line) = reply else {
            return reply
        }
        return .error(line.replacing(password, with: "…"))
    }

    /// Why the connection cannot be used; `nil` if it can.
    func failure(in replies: [RedisValue]) -> RedisError? {
        for (command, reply) in zip(commands, replies) {
            let name = command.name
            guard case .error(let line) = withoutPassword(reply, to: command) else {
                if name != "PING" || reply.string == "PONG" { continue }
                return RedisError(
                    .protocolError, "what listens there is no Redis", endpoint: endpoint,
                    underlying: "it answers PING with \(reply)")
            }
            if name == "AUTH" || line.hasPrefix("NOAUTH") || line.hasPrefix("WRONGPASS") {
                return RedisError(
                    .authenticationFailed, "the server refused \(name)", endpoint: endpoint, underlying: line)
            }
            // The password was right: what is missing is a right.
            if line.hasPrefix("NOPERM") {
                return RedisError(
                    .serverError, line, endpoint: endpoint, underlying: "in answer to \(subject(of: command))")
            }
            if line.hasPrefix("LOADING") || line.hasPrefix("ERR max number of clients") {
                return RedisError(
                    .connectFailed, "the server takes no connections yet", endpoint: endpoint, underlying: line)
            }
            // A server that is busy or read-only still answers; only what was asked for must have worked.
            if name != "PING" {
                return RedisError(
                    .serverError, line, endpoint: endpoint,
                    underlying: "in answer to \(subject(of: command)) while connecting")
            }
        }
        return nil
    }

    /// The command's name, with the word that says which one of its kind.
    private func subject(of command: RedisCommand) -> String {
        command.name == "CLIENT" ? "CLIENT SETNAME" : command.name
    }
}
