<?php
// How a guarded handler says that it ran: a line with the request's own id, in a file that only this
// run knows. It is written before anything else is done, so no answer can come before it.
function ran(string $handler): void
{
    $id = $_SERVER['HTTP_X_ATTACK'] ?? '-';
    file_put_contents(getenv('ATTACK_RAN'), "$id $handler\n", FILE_APPEND);
}
