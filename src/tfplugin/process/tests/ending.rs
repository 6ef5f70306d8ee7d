//! Ends that the client did not ask for: signals, and a parent that has gone.

use super::*;
use std::task::Context;
use std::time::Instant;
use tokio::time::sleep;

/// What counts as at once on a busy computer.
const SOON: Duration = Duration::from_secs(5);

/// A service whose calls wait until they are stopped, and then as long as a request in flight
/// takes.
#[derive(Clone)]
struct Waiting {
    stop: CancellationToken,
    on_its_way: Duration,
    begun: mpsc::UnboundedSender<()>,
}

impl NamedService for Waiting {
    const NAME: &'static str = "waiting";
}

impl tower::Service<http::Request<Body>> for Waiting {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        let Self { stop, on_its_way, begun } = self.clone();
        Box::pin(async move {
            begun.send(()).unwrap();
            stop.cancelled().await;
            sleep(on_its_way).await;
            Ok(Status::aborted("stopped").into_http())
        })
    }
}

/// A server with calls that wait, and news of each that has begun.
fn waiting(on_its_way: Duration) -> (Running, mpsc::UnboundedReceiver<()>) {
    let stop = CancellationToken::new();
    let (begun, calls) = mpsc::unbounded_channel();
    let service = Waiting { stop: stop.clone(), on_its_way, begun };
    (running_until(None, Routes::new(service), stop, None), calls)
}

/// Makes a call that waits.
fn call(channel: Channel) -> JoinHandle<Status> {
    tokio::spawn(async move {
        let mut client = tonic::client::Grpc::new(channel);
        client.ready().await.unwrap();
        let codec = tonic_prost::ProstCodec::<Empty, Empty>::default();
        let path = http::uri::PathAndQuery::from_static("/waiting/any");
        client.unary(tonic::Request::new(Empty {}), path, codec).await.unwrap_err()
    })
}

#[tokio::test]
async fn a_signal_ends_a_process_that_has_nothing_to_do_whatever_is_connected() {
    let running = running(None, Routes::default());
    let channel = running.channel().await;
    let _stdio = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.unwrap();
    let outgoing = tokio_stream::pending::<ConnInfo>();
    let _broker = GrpcBrokerClient::new(channel.clone()).start_stream(outgoing).await.unwrap();
    let request = HealthCheckRequest { service: String::new() };
    let _health = HealthClient::new(channel.clone()).watch(request).await.unwrap();
    let asked = Instant::now();
    running.signals.send(()).await.unwrap();
    assert_eq!(running.ended().await, Ending::Asked);
    // Nothing had to be aborted.
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
}

#[tokio::test]
async fn a_signal_stops_the_open_calls_and_lets_all_of_them_answer() {
    let (running, mut begun) = waiting(Duration::from_millis(500));
    let (one, two) = (running.channel().await, running.channel().await);
    let _stdio = GrpcStdioClient::new(one.clone()).stream_stdio(()).await.unwrap();
    let calls = [call(one.clone()), call(two.clone())];
    for _ in &calls {
        begun.recv().await.unwrap();
    }
    running.signals.send(()).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    // Who calls now is still served, also over a new connection.
    let late = [call(one), call(running.channel().await)];
    for call in calls.into_iter().chain(late) {
        let answer = timeout(LIMIT, call).await.unwrap().unwrap();
        assert_eq!((answer.code(), answer.message()), (Code::Aborted, "stopped"));
    }
    assert_eq!(running.ended().await, Ending::Asked);
}

#[tokio::test]
async fn a_second_signal_ends_the_process_at_once() {
    let (running, mut begun) = waiting(LIMIT);
    let call = call(running.channel().await);
    begun.recv().await.unwrap();
    running.signals.send(()).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    assert!(!running.ending.is_finished());
    running.signals.send(()).await.unwrap();
    let asked = Instant::now();
    assert_eq!(running.ended().await, Ending::Asked);
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    call.abort();
}

#[tokio::test]
async fn shutdown_ends_a_process_that_still_waits_for_answers() {
    let (running, mut begun) = waiting(LIMIT);
    let channel = running.channel().await;
    let _call = call(channel.clone());
    begun.recv().await.unwrap();
    running.signals.send(()).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    assert_eq!(timeout(SOON, running.ended()).await.unwrap(), Ending::Asked);
}

#[tokio::test]
async fn an_orphan_ends_once_its_last_connection_is_closed() {
    let parent = Some(Parent::that_is_gone());
    let running = running_until(None, Routes::default(), CancellationToken::new(), parent);
    let channel = running.channel().await;
    HealthClient::new(channel.clone()).check(HealthCheckRequest::default()).await.unwrap();
    sleep(Duration::from_millis(2500)).await;
    assert!(!running.ending.is_finished(), "a client is connected");
    drop(channel);
    assert_eq!(timeout(SOON, running.ended()).await.unwrap(), Ending::Orphaned);
}

#[tokio::test]
async fn an_orphan_to_which_nobody_ever_connected_ends() {
    let parent = Some(Parent::that_is_gone());
    let running = running_until(None, Routes::default(), CancellationToken::new(), parent);
    assert_eq!(timeout(SOON, running.ended()).await.unwrap(), Ending::Orphaned);
}

#[tokio::test]
async fn a_process_whose_parent_lives_waits_for_it_to_connect_again() {
    let parent = Parent::of_process();
    assert!(parent.is_some());
    let running = running_until(None, Routes::default(), CancellationToken::new(), parent);
    drop(running.channel().await);
    sleep(Duration::from_millis(2500)).await;
    let mut health = HealthClient::new(running.channel().await);
    health.check(HealthCheckRequest::default()).await.unwrap();
}
