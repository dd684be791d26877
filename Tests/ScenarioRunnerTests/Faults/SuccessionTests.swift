import Support
import TestSupport
import Testing

@testable import ScenarioRunner

/// Who fills a place when faults overlap.
@Suite("The succession in a place")
struct SuccessionTests {
    /// Whoever is started in the place, and ends.
    private final class Crew: Sendable {
        struct State {
            var alive: Set<Int> = [0]
            var most = 1
            var started: [Int] = []
            var dismissed: [Int] = []
        }

        let state = Lock(State())
        private let gate = Lock(true)

        func open(_ isOpen: Bool) { gate.withLock { $0 = isOpen } }

        func start(_ number: Int) async -> Int? {
            state.withLock { state in
                state.alive.insert(number)
                state.most = max(state.most, state.alive.count)
                state.started.append(number)
            }
            // Deaf to a cancellation, as a process may be that is just being started.
            while !gate.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(1)) }
            return number
        }

        func end(_ number: Int) { state.withLock { _ = $0.alive.remove(number) } }

        func dismiss(_ number: Int) {
            end(number)
            state.withLock { $0.dismissed.append(number) }
        }
    }

    private let crew = Crew()
    private let place = Succession(0, inPlace: 0)

    private func crash() {
        if let former = place.vacate() { crew.end(former) }
    }

    private func refill() {
        place.refill { [crew] in await crew.start($0) } orDismiss: { [crew] in crew.dismiss($0) }
    }

    @Test("A place that several want to be vacant is filled when none does any more, once")
    func overlapping() async throws {
        crash()
        crash()
        refill()
        #expect(place.present.isVacant)
        #expect(crew.state.withLock { $0.started } == [])
        refill()
        try await eventually("a successor") { !place.present.isVacant }
        #expect(place.last == 1)
        // Nobody asked for that.
        refill()
        #expect(await place.close() == 1)
        #expect(crew.state.withLock { $0.started } == [1])
        #expect(crew.state.withLock { $0.alive } == [1])
    }

    @Test("Who is found when the place is to be vacant again is dismissed before another is looked for")
    func duringASearch() async throws {
        crew.open(false)
        crash()
        refill()
        try await eventually("a search") { crew.state.withLock { $0.started } == [1] }
        crash()
        refill()
        #expect(place.present.isVacant)
        crew.open(true)
        try await eventually("a successor") { !place.present.isVacant }
        #expect(place.last == 2)
        let state = crew.state.withLock { $0 }
        #expect(state.alive == [2])
        #expect(state.dismissed == [1])
        #expect(state.most == 1)
    }

    @Test("Each has a number that nobody in the place has had")
    func numbers() async throws {
        for number in 1...3 {
            crash()
            refill()
            try await eventually("a successor") { !place.present.isVacant }
            #expect(place.last == number)
        }
    }

    @Test("A closed place stays as it is, and says who is in it")
    func closed() async throws {
        crash()
        #expect(await place.close() == nil)
        refill()
        #expect(place.vacate() == nil)
        #expect(crew.state.withLock { $0.started } == [])
        // Nobody waits for what does not come.
        await place.waitUntilFilled()
    }
}
