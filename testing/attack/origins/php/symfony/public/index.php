<?php
// Symfony's own kernel, router and requests, as its front controller puts them together.
require_once __DIR__ . '/../../ran.php';
require_once 'Symfony/Component/HttpKernel/autoload.php';
require_once 'Symfony/Component/Routing/autoload.php';

use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\RequestStack;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Controller\ArgumentResolver;
use Symfony\Component\HttpKernel\Controller\ControllerResolver;
use Symfony\Component\HttpKernel\EventListener\RouterListener;
use Symfony\Component\HttpKernel\HttpKernel;
use Symfony\Component\Routing\Matcher\UrlMatcher;
use Symfony\Component\Routing\RequestContext;
use Symfony\Component\Routing\Route;
use Symfony\Component\Routing\RouteCollection;

$routes = new RouteCollection();
$add = function (string $path, ?string $guarded, array $requirements = [], array $methods = []) use ($routes) {
    $controller = function () use ($guarded) {
        if ($guarded !== null) {
            ran($guarded);
        }
        return new Response($guarded === null ? 'public' : 'guarded');
    };
    $route = new Route($path, ['_controller' => $controller], $requirements, [], '', [], $methods);
    $routes->add(($guarded ?? $path) . implode($methods), $route);
};
$add('/internal/secret', 'secret');
$add('/internal/run', 'run');
$add('/internal/jobs/{id}/status', 'job');
$add('/internal/files/{path}', 'files', ['path' => '.+']);
$add('/api/dashboard/latest-runs.{_format}', 'latest-runs', ['_format' => 'json|html']);
$routes->get('latest-runs')->setDefault('_format', 'html');
$add('/balance/admin', 'balance-admin');
$add('/balance/{id}', 'balance');
$add('/account', 'account');
$add('/tasks/{id}', 'tasks');
$add('/', null);
$add('/pub', null);
$add('/items/{id}', null);
$add('/objects/{path}', null, ['path' => '.+']);

// What `framework.http_method_override` sets.
Request::enableHttpMethodParameterOverride();
$request = Request::createFromGlobals();
$dispatcher = new EventDispatcher();
$stack = new RequestStack();
$matcher = new UrlMatcher($routes, new RequestContext());
$dispatcher->addSubscriber(new RouterListener($matcher, $stack, null, null, null, false));
$kernel = new HttpKernel($dispatcher, new ControllerResolver(), $stack, new ArgumentResolver());
try {
    $response = $kernel->handle($request);
} catch (Throwable $error) {
    $response = new Response('missing', method_exists($error, 'getStatusCode') ? $error->getStatusCode() : 500);
}
$response->send();
