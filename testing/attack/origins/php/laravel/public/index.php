<?php
// Laravel's own router and requests.
require_once __DIR__ . '/../../ran.php';
require_once 'Illuminate/autoload.php';

use Illuminate\Container\Container;
use Illuminate\Events\Dispatcher;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Illuminate\Routing\Router;

$container = new Container();
$router = new Router(new Dispatcher($container), $container);
$add = function (string $path, ?string $guarded) use ($router) {
    return $router->any($path, function () use ($guarded) {
        if ($guarded !== null) {
            ran($guarded);
        }
        return $guarded === null ? 'public' : 'guarded';
    });
};
$add('/internal/secret', 'secret');
$add('/internal/run', 'run');
$add('/internal/jobs/{id}/status', 'job');
$add('/internal/files/{path}', 'files')->where('path', '.+');
$add('/api/dashboard/latest-runs', 'latest-runs');
$add('/balance/admin', 'balance-admin');
$add('/balance/{id}', 'balance');
$add('/account', 'account');
$add('/tasks/{id}', 'tasks');
$add('/', null);
$add('/pub', null);
$add('/items/{id}', null);
$add('/objects/{path}', null)->where('path', '.+');

try {
    $response = $router->dispatch(Request::capture());
} catch (Throwable $error) {
    $response = new Response('missing', method_exists($error, 'getStatusCode') ? $error->getStatusCode() : 500);
}
$response->send();
