import RedisClient

extension RedisModel {
    /// Handles a command of a client: refuses, queues or runs it.
    mutating func receive(_ call: Call) -> RedisValue {
        do throws(RedisFailure) {
            let rule = try admit(call)
            guard connections[call.connection]?.transaction != nil, !rule.flags.contains(.controlsTransaction) else {
                return run(rule, call)
            }
            guard !rule.flags.contains(.outsideTransactions) else {
                throw .notModelled("\(call[0].text) in a transaction")
            }
            if connections[call.connection]?.isDisturbed == false {
                connections[call.connection]?.transaction?.commands.append(call.words)
            }
            return .status("QUEUED")
        } catch {
            // A refused EXEC ends the transaction, if there is one.
            if call[0].isWord("exec") {
                endTransaction(of: call.connection)
                let reason = error.line.hasPrefix("ERR ") ? String(error.line.dropFirst(4)) : error.line
                return .error("EXECABORT Transaction discarded because of: \(reason)")
            }
            connections[call.connection]?.transaction?.isRefused = true
            return .error(error.line)
        }
    }

    /// Checks a command before it is run or queued.
    private func admit(_ call: Call) throws(RedisFailure) -> CommandRule {
        let rule = try CommandRule.find(call.words)
        if rule.flags.contains(.growing), isFull {
            throw RedisFailure("OOM command not allowed when used memory > 'maxmemory'.")
        }
        if role == .replica, rule.flags.contains(.write) {
            throw RedisFailure("READONLY You can't write against a read only replica.")
        }
        if connections[call.connection]?.channels.isEmpty == false, !rule.flags.contains(.whileSubscribed) {
            throw RedisFailure(
                "ERR Can't execute '\(rule.name)': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are "
                    + "allowed in this context")
        }
        return rule
    }

    /// Runs a command. An error becomes the reply, and changes made before it stay.
    mutating func run(_ rule: CommandRule, _ call: Call) -> RedisValue {
        let reply: RedisValue
        do throws(RedisFailure) {
            reply = try rule.run(&self, call)
        } catch {
            reply = .error(error.line)
        }
        if rule.flags.contains(.readOnly) { rememberRead(of: rule.keys(in: call.words), by: call.connection) }
        return reply
    }

    /// Runs a command of a script.
    mutating func executeInScript(_ call: Call) -> RedisValue {
        do throws(RedisFailure) {
            let rule = try CommandRule.find(call.words)
            guard !rule.flags.contains(.notInScripts) else {
                throw RedisFailure("ERR This Redis command is not allowed from script")
            }
            if role == .replica, rule.flags.contains(.write) {
                throw RedisFailure("READONLY You can't write against a read only replica.")
            }
            return run(rule, call)
        } catch {
            return .error(error.line)
        }
    }
}
