import AdapterProtocol
import History
import ScenarioRunner

/// A cache, in the words of the adapter protocol.
struct SubjectBox<Subject: CacheSubject>: LocalCache {
    let subject: Subject
    let description: AdapterDescription

    init(_ subject: Subject) {
        self.subject = subject
        description = AdapterDescription(subject.profile)
    }

    func perform(_ request: AdapterRequest) async -> AdapterAnswer.Outcome {
        do {
            return .ok(try await result(of: request))
        } catch let error as Unsupported {
            return .unsupported("\(error)")
        } catch let error as CertainFailure {
            return .failed(error.description.printable)
        } catch {
            let text = "\(error)".printable
            return request.operation == .read ? .failed(text) : .unknown(text)
        }
    }

    private func result(of request: AdapterRequest) async throws -> AdapterResult {
        let key = request.key ?? ""
        switch request.operation {
        case .read: return AdapterResult(try await subject.read(key))
        case .write: try await subject.write(key, SubjectValue(request.value ?? ""))
        case .delete: try await subject.delete(key)
        case .invalidate: try await subject.invalidate(key)
        case .invalidateTag: try await subject.invalidate(tag: request.tag ?? "")
        case .inspect:
            guard let layer = request.layer.flatMap(SubjectLayer.init(rawValue:)) else { break }
            let entries = try await subject.inspect(layer, request.keys ?? [])
            return AdapterResult(seen: entries.mapValues(\.text))
        case .quiesce: try await subject.quiesce()
        case .shutdown: try await subject.stop()
        default: throw CertainFailure("a Swift cache is not asked for \(request.operation.rawValue)")
        }
        return AdapterResult()
    }
}

extension LocalSubject {
    /// A cache that a closure, or an initialiser, makes.
    init<Subject: CacheSubject>(
        making make: @escaping @Sendable (CacheSurroundings) async throws -> Subject
    ) {
        self.init { local in SubjectBox(try await make(CacheSurroundings(local))) }
    }
}

extension AdapterResult {
    init(_ read: SubjectRead) {
        switch read {
        case .found(let value, let layer): self.init(found: .value(value.text), layer: layer?.rawValue)
        case .nothing: self.init(found: .nothing)
        case .miss: self.init(found: .miss)
        }
    }
}

extension AdapterDescription {
    init(_ profile: SubjectProfile) {
        let operations = profile.operations.union([.read])
        var promise: String?
        var grace: Duration?
        switch profile.promise {
        case .acknowledged: promise = "acknowledged"
        case .announced(let time): (promise, grace) = ("announced", time)
        case .session: promise = "session"
        case .expiring: promise = "expiring"
        case nil: break
        }
        self.init(
            name: profile.name, version: profile.version,
            operations: Set(operations.compactMap { AdapterOperation(rawValue: $0.rawValue) }),
            layers: profile.layers.map(\.rawValue), promise: promise,
            grace: grace.map { Int64(max(.zero, min($0, .seconds(86_400))) / .milliseconds(1)) })
    }
}
