/// What a new connection says first, and what the answers mean. Pure.
struct Handshake {
    let commands: [RedisCommand]
    private let endpoint: RedisEndpoint

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
    }

    /// Why the connection cannot be used; `nil` if it can.
    func failure(in replies: [RedisValue]) -> RedisError? {
        for (command, reply) in zip(commands, replies) {
            guard case .error(let line) = reply else { continue }
            let name = command.name
            if name == "AUTH" || line.hasPrefix("NOAUTH") || line.hasPrefix("WRONGPASS") || line.hasPrefix("NOPERM") {
                return RedisError(
                    .authenticationFailed, "the server refused \(name)", endpoint: endpoint, underlying: line)
            }
            if line.hasPrefix("LOADING") || line.hasPrefix("ERR max number of clients") {
                return RedisError(
                    .connectFailed, "the server takes no connections yet", endpoint: endpoint, underlying: line)
            }
            // A server that is busy or read-only still answers; only what was asked for must have worked.
            if name != "PING" {
                return RedisError(
                    .serverError, line, endpoint: endpoint, underlying: "in answer to \(name) while connecting")
            }
        }
        return nil
    }
}
