# The jars of one server, in `jars`.
at=/usr/share/java
jetty=$at/jetty9-server.jar:$at/jetty9-servlet.jar:$at/jetty9-util.jar:$at/jetty9-http.jar
jetty=$jetty:$at/jetty9-io.jar:$at/jetty9-security.jar:$at/servlet-api.jar
# Debian's name says 3; it is 4.3.
spring=$at/spring3-web.jar:$at/spring3-web.servlet.jar:$at/spring3-context.jar:$at/spring3-core.jar
spring=$spring:$at/spring3-beans.jar:$at/spring3-aop.jar:$at/spring3-expression.jar
case $1 in
    tomcat) jars=$at/tomcat10-embed-core.jar:$at/tomcat10-annotations-api.jar:$at/tomcat10-juli.jar ;;
    jetty) jars=$jetty ;;
    spring) jars=$jetty:$spring:$at/commons-logging.jar ;;
esac
