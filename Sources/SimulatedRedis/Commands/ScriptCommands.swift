import RedisClient

extension CommandRule {
    static let scriptRules: [CommandRule] = [
        CommandRule("eval", -3, .notInScripts) { model, call throws(RedisFailure) in
            let script = RedisScript(name: "", source: call[1].text)
            let reply = try model.runScript(script.sha1, call)
            model.loadedScripts.insert(script.sha1)
            return reply
        },
        CommandRule("evalsha", -3, .notInScripts) { model, call throws(RedisFailure) in
            let name = call[1].lowercased.text
            // The server checks the length of the hash before the number of keys.
            guard name.utf8.count == 40 else { throw .noScript }
            return try model.runScript(name, call, mustBeLoaded: true)
        },
        CommandRule("script|load", 3, .notInScripts) { model, call throws(RedisFailure) in
            let script = RedisScript(name: "", source: call[2].text)
            guard model.translations[script.sha1] != nil else { throw .notModelled("the script \(script.sha1)") }
            model.loadedScripts.insert(script.sha1)
            return .bulk(Bytes(script.sha1))
        },
        CommandRule("script|exists", -3, .notInScripts) { model, call in
            .array(call.words.dropFirst(2).map { .integer(model.loadedScripts.contains($0.lowercased.text) ? 1 : 0) })
        },
        CommandRule("script|flush", -2, .notInScripts) { model, _ in
            model.loadedScripts = []
            return .status("OK")
        },
    ]
}

extension RedisModel {
    /// Runs the Swift translation of a script as one step.
    fileprivate mutating func runScript(
        _ sha1: String, _ call: Call, mustBeLoaded: Bool = false
    ) throws(RedisFailure) -> RedisValue {
        let keyCount = try call.integer(2)
        guard keyCount >= 0 else { throw RedisFailure("ERR Number of keys can't be negative") }
        guard keyCount <= call.count - 3 else {
            throw RedisFailure("ERR Number of keys can't be greater than number of args")
        }
        guard !mustBeLoaded || loadedScripts.contains(sha1) else {
            throw .noScript
        }
        guard let translation = translations[sha1] else { throw .notModelled("the script \(sha1)") }
        let keyEnd = 3 + Int(keyCount)
        var context = ScriptContext(model: RedisModel(), connection: call.connection, now: call.now)
        // The swap lends the model to the script. A copy would copy each collection that the script changes.
        swap(&self, &context.model)
        defer { swap(&self, &context.model) }
        do {
            return try translation.body(&context, Array(call.words[3..<keyEnd]), Array(call.words[keyEnd...]))
        } catch let error as RedisError {
            throw RedisFailure("\(error.message) script: \(sha1), on @user_script.")
        } catch {
            throw RedisFailure("ERR \(error) script: \(sha1), on @user_script.")
        }
    }
}
