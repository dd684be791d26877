import Testing

@testable import CacheHierarchy

@Suite("The membership lease decides without any input or output")
struct MembershipLeaseTests {
    private var lease = MembershipLease(duration: 1000, intentLifetime: 5000)

    private func renewal(at time: Int64, epoch: Int64 = 7, wasAlive: Bool = true) -> Renewal {
        Renewal(wasAlive: wasAlive, time: time, epoch: epoch)
    }

    /// A member of the state of epoch 7 that has taken its first lease at time 100.
    private mutating func join() {
        let validity = lease.taken(
            renewal(at: 10, wasAlive: false), sent: 100, afterLosses: nil, owesTags: false, now: 110)
        #expect(validity == .until(1000))
    }

    @Test("A heartbeat extends the validity to nine tenths of the lease after it was sent")
    mutating func extend() {
        join()
        #expect(lease.extend(from: 400, owesTags: false, now: 450) == .until(1300))
        #expect(lease.lastHeartbeat == 400)
    }

    @Test("An instance that owes tags is not valid, whatever is answered")
    mutating func owing() {
        join()
        #expect(lease.extend(from: 400, owesTags: true, now: 450) == .unchanged)
        #expect(lease.lastHeartbeat == 400)
    }

    @Test(
        "An answer says alive only while the lease of the heartbeat before it runs: another may be heard late"
    )
    mutating func hiddenLapse() {
        join()
        _ = lease.extend(from: 400, owesTags: false, now: 450)
        #expect(lease.wasAlive(renewal(at: 20), now: 1300))
        #expect(!lease.wasAlive(renewal(at: 20), now: 1301))
        #expect(!lease.wasAlive(renewal(at: 20, wasAlive: false), now: 500))
        var newcomer = MembershipLease(duration: 1000, intentLifetime: 5000)
        #expect(!newcomer.wasAlive(renewal(at: 20), now: 0))
        _ = newcomer.lostConnection()
        #expect(!newcomer.wasAlive(renewal(at: 20), now: Int64.max))
    }

    @Test("A heartbeat returns the logical time of the answer before it")
    mutating func checkpoint() {
        join()
        #expect(lease.heard(at: 20) == 10)
        #expect(lease.heard(at: 35) == 20)
    }

    @Test("After a loss no heartbeat makes it valid; the lease that is taken after the return does")
    mutating func loss() {
        join()
        #expect(lease.lostConnection() == .ends)
        #expect(!lease.isConnected && lease.losses == 1)
        #expect(lease.extend(from: 400, owesTags: false, now: 450) == .unchanged)
        let validity = lease.taken(renewal(at: 30), sent: 600, afterLosses: 1, owesTags: false, now: 610)
        #expect(validity == .until(1500))
        #expect(lease.isConnected)
    }

    @Test("A lease that was asked for before the last loss makes nothing valid")
    mutating func lostAgain() {
        join()
        _ = lease.lostConnection()
        _ = lease.lostConnection()
        let validity = lease.taken(renewal(at: 30), sent: 600, afterLosses: 1, owesTags: false, now: 610)
        #expect(validity == .unchanged)
        #expect(!lease.isConnected)
    }

    @Test(
        "An instance that was forgotten serves nothing until no forgotten write intent can be under way",
        arguments: [(false, Int64(7)), (true, 8)])
    mutating func caution(wasAlive: Bool, epoch: Int64) {
        join()
        _ = lease.lostConnection()
        let answer = renewal(at: 30, epoch: epoch, wasAlive: wasAlive)
        #expect(lease.taken(answer, sent: 600, afterLosses: 1, owesTags: false, now: 610) == .unchanged)
        #expect(lease.extend(from: 5600, owesTags: false, now: 5609) == .unchanged)
        #expect(lease.extend(from: 5600, owesTags: false, now: 5610) == .until(6500))
    }

    @Test("Where writes have no intents nothing is waited for")
    mutating func noCaution() {
        lease = MembershipLease(duration: 1000, intentLifetime: nil)
        join()
        _ = lease.lostConnection()
        let answer = renewal(at: 30, wasAlive: false)
        #expect(lease.taken(answer, sent: 600, afterLosses: 1, owesTags: false, now: 610) == .until(1500))
    }

    @Test("An answer of a later state is reported once; one of an earlier state is a stranger's")
    mutating func standing() {
        join()
        #expect(lease.standing(in: 7) == .member)
        #expect(lease.standing(in: 6) == .stranger)
        #expect(lease.standing(in: 9) == .forgotten(losses: 1))
        #expect(!lease.isConnected)
        #expect(lease.standing(in: 9) == .stranger)
        #expect(lease.standing(in: 7) == .member)
        let validity = lease.taken(
            renewal(at: 40, epoch: 9), sent: 600, afterLosses: 1, owesTags: false, now: 610)
        #expect(validity == .unchanged)
        #expect(lease.standing(in: 9) == .member)
        #expect(lease.standing(in: 7) == .stranger)
    }

    @Test("A return of which nothing is missing makes it valid when it has applied everything up to the heartbeat")
    mutating func catchingUp() {
        join()
        _ = lease.lostConnection()
        #expect(lease.resumed(renewal(at: 30), sent: 600, afterLosses: 1) == .catchingUp)
        #expect(lease.catchUp.isUnderWay && !lease.isConnected)
        #expect(lease.caughtUp(to: 29, owesTags: false, now: 700) == nil)
        #expect(lease.caughtUp(to: 30, owesTags: false, now: 710) == .until(1500))
        #expect(lease.isConnected && !lease.catchUp.isUnderWay)
        #expect(lease.caughtUp(to: 31, owesTags: false, now: 720) == nil)
        // The heartbeat that began it counts as the last.
        #expect(lease.heard(at: 50) == 30)
    }

    @Test("A loss while it catches up ends that, and another state cannot be caught up with")
    mutating func interrupted() {
        join()
        _ = lease.lostConnection()
        #expect(lease.resumed(renewal(at: 30), sent: 600, afterLosses: 1) == .catchingUp)
        _ = lease.lostConnection()
        #expect(lease.caughtUp(to: 30, owesTags: false, now: 700) == nil)
        #expect(lease.resumed(renewal(at: 40), sent: 800, afterLosses: 1) == .lostAgain)
        #expect(!lease.catchUp.isUnderWay)
        #expect(lease.resumed(renewal(at: 40, epoch: 9), sent: 800, afterLosses: 2) == .otherState)
        #expect(!lease.catchUp.isUnderWay)
    }

    @Test("What does not come within half a lease is given up, and a lease that is taken ends it too")
    mutating func givenUp() {
        join()
        _ = lease.lostConnection()
        _ = lease.resumed(renewal(at: 30), sent: 600, afterLosses: 1)
        #expect(lease.giveUpCatchingUp(now: 1100) == nil)
        #expect(lease.giveUpCatchingUp(now: 1101) == 1)
        #expect(lease.giveUpCatchingUp(now: 1102) == nil)
        _ = lease.resumed(renewal(at: 30), sent: 600, afterLosses: 1)
        _ = lease.taken(renewal(at: 31), sent: 700, afterLosses: 1, owesTags: false, now: 710)
        #expect(!lease.catchUp.isUnderWay)
    }
}

@Suite("Catching up with what the bus has kept")
struct CatchUpTests {
    private static let goal = CatchUp.Goal(time: 30, sent: 600, losses: 2)

    @Test("The goal is reached once, by its logical time and not before")
    func reached() {
        var catchUp = CatchUp()
        #expect(!catchUp.isUnderWay)
        #expect(catchUp.reached(by: .max) == nil)
        catchUp.begin(Self.goal)
        #expect(!catchUp.isReached(by: 29))
        #expect(catchUp.reached(by: 29) == nil)
        #expect(catchUp.isReached(by: 30) && catchUp.isUnderWay)
        #expect(catchUp.reached(by: 30) == Self.goal)
        #expect(!catchUp.isUnderWay)
        #expect(catchUp.reached(by: 30) == nil)
    }

    @Test("The goal runs out after its limit, and an abandoned one neither runs out nor is reached")
    func expiry() {
        var catchUp = CatchUp()
        catchUp.begin(Self.goal)
        #expect(catchUp.expired(at: 650, after: 50) == nil)
        #expect(catchUp.expired(at: 651, after: 50) == Self.goal)
        #expect(!catchUp.isUnderWay)
        catchUp.begin(Self.goal)
        catchUp.abandon()
        #expect(catchUp.expired(at: 651, after: 50) == nil)
        #expect(catchUp.reached(by: 30) == nil)
    }
}
