# Rails in one file, with routes as `resources` and `get` make them: each ends in `(.:format)`.
require "action_controller/railtie"

RAN = File.open(ENV.fetch("ATTACK_RAN"), "a").tap { |file| file.sync = true }

class App < Rails::Application
  config.root = __dir__
  config.eager_load = false
  config.consider_all_requests_local = false
  config.secret_key_base = "only for a run on loopback"
  config.hosts.clear
  config.log_level = :fatal
  config.logger = Logger.new(IO::NULL)
  config.action_controller.allow_forgery_protection = false
  config.public_file_server.enabled = false
end

class GuardedController < ActionController::Base
  def method_for_action(name) = name

  def process_action(name)
    RAN.syswrite("#{request.headers["X-Attack"] || "-"} #{name}\n")
    render plain: "guarded"
  end
end

class PublicController < ActionController::Base
  def show = render(plain: "public")
end

App.initialize!
App.routes.draw do
  guarded = lambda do |path, name, **options|
    match path, to: "guarded##{name}", via: :all, as: name, **options
  end
  guarded.call "/internal/secret", "secret"
  guarded.call "/internal/run", "run"
  guarded.call "/internal/jobs/:id/status", "job"
  guarded.call "/internal/files/*path", "files"
  guarded.call "/api/dashboard/latest-runs", "latest_runs"
  guarded.call "/balance/admin", "balance_admin"
  guarded.call "/balance/:id", "balance"
  guarded.call "/account", "account"
  guarded.call "/tasks/:id", "tasks"
  match "/", to: "public#show", via: :all, as: "start"
  match "/pub", to: "public#show", via: :all, as: "pub"
  match "/items/:id", to: "public#show", via: :all, as: "items"
  match "/objects/*path", to: "public#show", via: :all, as: "objects"
end

run App
